"""The whole comparison of two tiny configs: trained, measured, judged and reported, then reused."""

import json
import signal
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from toy_config import TOY

from aucgan.apis.compare import costs
from aucgan.apis.compare.comparison import CompareRequest, compare
from aucgan.apis.compare.measure import measure
from aucgan.apis.compare.variants import Budget
from tools import compare as compare_tool
from tools import train as train_tool


@pytest.fixture
def request_(tmp_path, monkeypatch):
    """``toy.py`` against one that learns nothing, and one whose data are poisoned."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(TOY)
    (tmp_path / "idle.py").write_text(TOY + 'optim_wrapper["optimizer"]["lr"] = 0.0\n')
    (tmp_path / "poisoned.py").write_text(TOY + 'train_dataloader["dataset"].update(poison=0)\n')
    # what runs in processes of its own runs here, which saves starting them
    monkeypatch.setattr(costs, "_measure", measure)
    monkeypatch.setattr(signal, "signal", lambda number, handler: handler)  # not possible in the pool's threads
    configs = tuple(map(Path, ("toy.py", "idle.py", "poisoned.py")))
    return CompareRequest(configs, Path("train.py"), Budget((0, 1), 6, Path("tiny")), Path("work"))


def test_from_configs_to_report(request_, capfd):
    trained = []

    def launch(run):
        trained.append(run.variant)
        return train_tool.main(list(run.command[2:]))

    found = compare(request_, launch)
    assert trained == ["toy", "idle", "poisoned"] * 2
    assert [row.verdict for row in found.rows][0] == "reference"
    assert {run.status for run in found.outcomes["poisoned"]} == {"diverged"}
    out = Path("work/report")
    assert {p.name for p in out.iterdir()} == {
        *(f"comparison.{suffix}" for suffix in ("md", "csv", "json")),
        *("metrics.png", "losses.png", "faces.png"),
    }
    cost = json.loads((out / "comparison.json").read_text())["costs"]["toy"]
    # a linear layer 3 → 4, batch norm, and a linear layer 4 → 1
    assert cost["learned_parameters"] == 3 * 4 + 4 + 2 * 4 + 4 + 1
    assert cost["inference_gflop"] == pytest.approx(2 * (3 * 4 + 4 * 1) / 1e9)
    assert cost["step_ratio"] == 1.0
    compare(request_, launch)
    assert len(trained) == 6, "finished and diverged runs are reused"


def test_arguments(capsys):
    args = compare_tool.parse_args(["a.py", "b.py", "--smoke"])
    assert args.seeds == 3 and args.smoke == Path("work_dirs/smoke")
    with pytest.raises(SystemExit):
        compare_tool.parse_args(["a.py", "--jobs", "0"])


def test_errors_are_one_line(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert compare_tool.main(["nowhere.py", "toy.py"]) == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "no config at nowhere.py" in error
