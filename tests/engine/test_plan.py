"""Prerequisites are planned, trained once, resumed, or refused."""

import json
import os

import pytest
from mmengine.config import Config
from toy_config import HERE, REPOSITORY

from aucgan.engine.plan import prerequisites
from aucgan.engine.plan.plan import make_plan
from aucgan.engine.plan.train_request import TRAIN
from tools.train import main

FIRST = 'prepare = [dict(type="ToyFaces", root="data/toy", n_train=16)]\n'
USE_DATA = 'train_dataloader["dataset"].update(root="data/toy")\n'
SECOND = """
prerequisites = [dict(config="toy_first.py", checkpoint="work_dirs/toy_first/final.pth")]
model = dict(type="ToyModel", init_cfg=dict(type="Pretrained", checkpoint="work_dirs/toy_first/final.pth"))
"""


@pytest.fixture
def chain(workspace, monkeypatch, toy_text):
    """``toy_second.py`` needs ``toy_first.py``, which needs data."""
    (workspace / "toy_first.py").write_text(toy_text + FIRST + USE_DATA, encoding="utf-8")
    (workspace / "toy_second.py").write_text(toy_text + FIRST + USE_DATA + SECOND, encoding="utf-8")
    monkeypatch.setenv("PYTHONPATH", f"{REPOSITORY}{os.pathsep}{HERE}")
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    return workspace


@pytest.fixture
def here(monkeypatch):
    """What would train in a process of its own trains in this one, which saves starting it."""

    def run_jobs(jobs, at_once, threads):
        for job in jobs:
            assert job.command[: len(TRAIN)] == TRAIN and main(list(job.command[len(TRAIN) :])) == 0
        return {job.name: 1.0 for job in jobs}

    monkeypatch.setattr(prerequisites, "run_jobs", run_jobs)


def plan_lines(output: str) -> list[str]:
    return [" ".join(line.split()) for line in output.splitlines() if line.strip()[:2] in ("1.", "2.", "3.")]


def test_the_whole_chain_runs_once(chain, here, capfd):
    assert main(["toy_second.py"]) == 0
    lines = plan_lines(capfd.readouterr().out)
    assert lines[:3] == [
        "1. make data/toy will run",
        "2. train toy_first.py will run",
        "3. train toy_second.py will run",
    ]
    first = chain / "work_dirs" / "toy_first" / "final.pth"
    written = first.stat().st_mtime_ns
    results = json.loads((chain / "work_dirs" / "toy_second" / "results.json").read_text(encoding="utf-8"))
    assert set(results["timings"]) == {
        "make data/toy",
        "train toy_first",
        "test toy_first",
        "train toy_second",
        "test toy_second",
    }
    assert results["metrics"]["error"] > 0 and results["iterations"] == 12
    assert main(["toy_second.py"]) == 0
    output = capfd.readouterr().out
    assert plan_lines(output)[1] == "2. train toy_first.py exists, skipped"
    assert "held an earlier run" in output
    assert first.stat().st_mtime_ns == written


@pytest.mark.slow
def test_independent_prerequisites_train_side_by_side(chain, toy_text, capfd):
    (chain / "toy_other.py").write_text(toy_text, encoding="utf-8")
    also = 'prerequisites.append(dict(config="toy_other.py", checkpoint="work_dirs/toy_other/final.pth"))\n'
    (chain / "toy_second.py").write_text(toy_text + FIRST + USE_DATA + SECOND + also, encoding="utf-8")
    assert main(["toy_second.py", "--jobs", "2"]) == 0
    output = capfd.readouterr().out
    assert "toy_first | weights: work_dirs/toy_first/final.pth" in output
    assert "toy_other | weights: work_dirs/toy_other/final.pth" in output
    results = json.loads((chain / "work_dirs" / "toy_second" / "results.json").read_text(encoding="utf-8"))
    parts = results["timings"]
    assert {"train toy_first", "train toy_other", "train toy_second"} < set(parts)
    assert results["elapsed"] > parts["make data/toy"] + parts["train toy_second"] + parts["test toy_second"]


def test_two_prerequisites_of_one_name_are_refused(chain, toy_text, capfd):
    (chain / "other").mkdir()
    (chain / "other" / "toy_first.py").write_text(toy_text, encoding="utf-8")
    for entry in ('"other/toy_first.py", checkpoint="other/final.pth"', '"toy_first.py", checkpoint="other/final.pth"'):
        also = f"prerequisites.append(dict(config={entry}))\n"
        (chain / "toy_second.py").write_text(toy_text + FIRST + USE_DATA + SECOND + also, encoding="utf-8")
        assert main(["toy_second.py"]) == 2
        error = capfd.readouterr().err
        assert "two prerequisites are called 'toy_first': toy_first.py with work_dirs/toy_first/final.pth and " in error
        assert entry.split('"')[1] in error and "rename one" in error and error.count("\n") == 1
    again = 'prerequisites.append(dict(config="./toy_first.py", checkpoint="./work_dirs/toy_first/final.pth"))\n'
    (chain / "toy_second.py").write_text(toy_text + FIRST + USE_DATA + SECOND + again, encoding="utf-8")
    assert main(["toy_second.py", "--missing-prerequisites", "error"]) == 2
    assert "train toy_first.py" in capfd.readouterr().err


def test_data_of_one_folder_with_other_settings_are_another_step(toy_text, workspace):
    folder = 'type="ProceduralFaces", root="data/x", n_train=1, n_val=1, n_test=1'
    (workspace / "twice.py").write_text(
        f"prepare = [dict({folder}), dict({folder}, seed=1), dict({folder})]", encoding="utf-8"
    )
    assert len(make_plan(Config.fromfile("twice.py"), Config.fromfile, "twice").steps) == 2


def test_missing_can_be_an_error(chain, capfd):
    assert main(["toy_second.py", "--missing-prerequisites", "error"]) == 2
    error = capfd.readouterr().err
    assert error.count("\n") == 1
    assert "make data/toy; train toy_first.py" in error
    assert not (chain / "work_dirs").exists()


def test_an_interrupted_prerequisite_is_resumed(chain, here, capfd):
    assert main(["toy_first.py"]) == 0
    work_dir = chain / "work_dirs" / "toy_first"
    (work_dir / "final.pth").unlink()
    (work_dir / "iter_12.pth").unlink()
    capfd.readouterr()
    assert main(["toy_second.py"]) == 0
    output = capfd.readouterr().out
    assert plan_lines(output)[1] == "2. train toy_first.py was interrupted, will be resumed"
    assert "resumed epoch: 0, iter: 9" in output


def test_smoke_keeps_to_its_folder(chain, here, capfd):
    assert main(["toy_second.py", "--smoke", "tiny"]) == 0
    assert (chain / "tiny" / "data" / "toy" / "rows.json").is_file()
    assert len(json.loads((chain / "tiny" / "data" / "toy" / "rows.json").read_text(encoding="utf-8"))) == 8
    for stem in ("toy_first", "toy_second"):
        assert json.loads((chain / "tiny" / stem / "results.json").read_text(encoding="utf-8"))["iterations"] == 4
    assert not (chain / "work_dirs").exists() and not (chain / "data").exists()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('prerequisites = [dict(config="toy_second.py", checkpoint="x/final.pth")]', "must not form a circle"),
        ('prerequisites = [dict(config="nowhere.py", checkpoint="x/final.pth")]', "nowhere.py does not exist"),
        ('prerequisites = [dict(config="toy.py")]', "the keys 'config' and 'checkpoint'"),
        ('prerequisites = [dict(config="toy.py", checkpoint="x/latest.pth")]', "should be the final.pth"),
    ],
)
def test_wrong_prerequisites(chain, capfd, toy_text, text, message):
    (chain / "toy_first.py").write_text(toy_text + text, encoding="utf-8")
    assert main(["toy_second.py"]) == 2
    error = capfd.readouterr().err
    assert message in error and error.count("\n") == 1
