"""The whole comparison of two tiny configs: trained, measured, judged and reported, then reused."""

import json
import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from toy_config import TOY

from aucgan.commands.main import tool_parser
from aucgan.engine.plan.train_request import TRAIN
from aucgan.experiments import costs, pictures, training
from aucgan.experiments.comparison import CompareRequest, compare
from aucgan.experiments.measure import measure
from aucgan.experiments.measure_request import MeasureRequest
from aucgan.experiments.source import Source
from aucgan.experiments.variants import Budget
from aucgan.process.errors import CheckpointError
from tools import compare as compare_tool
from tools import train as train_tool


def run_here(jobs, at_once, threads, on_end):
    """Run trainings in this process."""
    for job in jobs:
        on_end(job, train_tool.main(list(job.command[len(TRAIN) :])), 1.0)


@pytest.fixture
def request_(tmp_path, monkeypatch):
    """``toy.py`` against one that learns nothing, and one whose data are poisoned."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    (tmp_path / "idle.py").write_text(TOY + 'optim_wrapper["optimizer"]["lr"] = 0.0\n', encoding="utf-8")
    (tmp_path / "poisoned.py").write_text(TOY + 'train_dataloader["dataset"].update(poison=0)\n', encoding="utf-8")
    # what runs in processes of its own runs here, which saves starting them
    monkeypatch.setattr(costs, "_measure", measure)
    monkeypatch.setattr(training, "run_jobs", run_here)
    configs = tuple(map(Path, ("toy.py", "idle.py", "poisoned.py")))
    return CompareRequest(configs, Budget((0, 1), 6, Path("tiny")), Path("work"))


def test_from_configs_to_report(request_, capfd, caplog, monkeypatch):
    found = compare(request_)
    assert "6 runs: 0 there already, 6 to do" in capfd.readouterr().out
    assert [row.verdict for row in found.rows][0] == "reference"
    assert {run.status for run in found.outcomes["poisoned"]} == {"diverged"}
    out = Path("work/report")
    assert {p.name for p in out.iterdir()} == {
        *(f"comparison.{suffix}" for suffix in ("md", "csv", "json")),
        *("metrics.png", "losses.png", "faces.png"),
    }
    cost = json.loads((out / "comparison.json").read_text(encoding="utf-8"))["costs"]["toy"]
    # a linear layer 3 → 4, batch norm, and a linear layer 4 → 1
    assert cost["learned_parameters"] == 3 * 4 + 4 + 2 * 4 + 4 + 1
    assert cost["inference_gflop"] == pytest.approx(2 * (3 * 4 + 4 * 1) / 1e9)
    assert cost["step_ratio"] == 1.0
    compare(request_)
    told = capfd.readouterr().out
    assert "6 runs: 6 there already, 0 to do" in told, "finished and diverged ones are reused"
    assert "measuring" not in told
    Path("work/idle/measured_against_toy/faces.npz").write_bytes(b"torn")
    compare(replace(request_, report_only=True))
    assert "faces.npz is damaged" in caplog.text, "its variant is left out"
    assert "![faces]" in (out / "comparison.md").read_text(encoding="utf-8")

    def broken(files):
        raise ValueError("pictures of several sizes")

    monkeypatch.setattr(pictures, "face_grids", broken)
    compare(replace(request_, report_only=True))
    assert "the faces could not be drawn: ValueError: pictures of several sizes" in capfd.readouterr().out
    text = (out / "comparison.md").read_text(encoding="utf-8")
    assert "## Costs" in text and "![metrics]" in text and "![faces]" not in text


def test_costs_stay_when_the_faces_cannot_be_drawn(request_):
    toy = Source(Path("toy.py"))
    with pytest.raises(CheckpointError, match="nowhere.pth"):
        measure(MeasureRequest(toy, toy, "measured", checkpoint="nowhere.pth", smoke="tiny", key="k"))
    cost = json.loads(Path("measured/cost.json").read_text(encoding="utf-8"))
    assert cost["step_ratio"] == 1.0 and "key" not in cost, "without its key it is measured again"


def test_arguments(capsys):
    args = tool_parser("compare", "compare.py").parse_args(["a.py", "b.py", "--smoke"])
    assert args.seeds == 3 and args.smoke == Path("work_dirs/smoke") and args.leave_out == []
    with pytest.raises(SystemExit):
        compare_tool.main(["a.py", "--jobs", "0"])
    assert "--seeds and --jobs must be at least 1" in capsys.readouterr().err


def test_errors_are_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert compare_tool.main(["nowhere.py", "toy.py"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "no config at nowhere.py" in error
