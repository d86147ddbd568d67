"""The programs: what they print, write and leave with."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "engine"))

from toy_config import TOY

from aucgan.engine.plan import strangers
from tools import list_components
from tools import test as test_tool
from tools import train as train_tool

TOOLS = Path(train_tool.__file__).parent


@pytest.fixture
def trained(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    assert train_tool.main(["toy.py"]) == 0
    return tmp_path / "work_dirs" / "toy"


def test_testing_gives_what_training_gave(trained, capfd):
    assert test_tool.main(["toy.py", str(trained / "final.pth")]) == 0
    assert "error" in capfd.readouterr().out
    ours = json.loads((trained / "test" / "metrics.json").read_text(encoding="utf-8"))
    theirs = json.loads((trained / "results.json").read_text(encoding="utf-8"))
    assert ours["metrics"] == theirs["metrics"] and set(ours["versions"]) == set(theirs["versions"])
    assert (trained / "final.pth").is_file()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["toy.py", "nowhere.pth"], "no checkpoint at nowhere.pth: train it first"),
        (["nothing.py", "nowhere.pth"], "no config at nothing.py"),
        (["toy.py", "toy.py"], "truncated or not a PyTorch checkpoint"),
    ],
)
def test_test_tool_errors_are_one_line(trained, capfd, arguments, message):
    capfd.readouterr()
    assert test_tool.main(arguments) != 0
    error = capfd.readouterr().err
    assert message in error and error.count("\n") == 1


def test_components_are_listed_with_their_summaries(capsys):
    assert list_components.main(["hooks"]) == 0
    output = capsys.readouterr().out
    assert "hooks" in output and "models" not in output
    assert any(line.split() and line.split()[0] == "ProgressHook" and "bar" in line for line in output.splitlines())


def test_unknown_family(capsys):
    assert list_components.main(["modls"]) == 2
    assert "did you mean 'models'?" in capsys.readouterr().err


def test_interruption_is_one_line(tmp_path, monkeypatch, capsys):
    def interrupted(request):
        raise KeyboardInterrupt

    monkeypatch.setattr(strangers, "train", interrupted)
    assert train_tool.main(["toy.py"]) == 130
    error = capsys.readouterr().err
    assert error.count("\n") == 1 and "--resume continues" in error


def test_a_denied_folder_is_one_line(tmp_path, monkeypatch, capfd):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "toy.py").write_text(TOY, encoding="utf-8")
    (tmp_path / "taken").write_text("a file where the folder should be", encoding="utf-8")
    assert train_tool.main(["toy.py", "--work-dir", "taken/run"]) != 0
    error = capfd.readouterr().err
    assert error.count("\n") == 1 and "taken" in error


ARGUMENTS = {
    "compare.py": ["a.py"],
    "convert_codes.py": ["a.csv", "b.csv", "--to", "arkit"],
    "draw_heads.py": ["anny", "a"],
    "edit_aus.py": ["a.png"],
    "embed_landmarks.py": ["a.npz"],
    "convert_weights.py": ["deca", "a.tar", "b"],
    "evaluate.py": ["now", "a", "b"],
    "list_components.py": [],
    "make_dataset.py": ["a"],
    "precompute.py": ["a.py"],
    "prepare_faces.py": ["a", "b"],
    "reconstruct.py": ["a.png"],
    "test.py": ["a.py", "a.pth"],
    "train.py": ["a.py"],
    "transfer.py": ["a.png", "b.png"],
    "viewer.py": [],
    "write_maps.py": ["a"],
}


@pytest.mark.parametrize("tool", sorted(path.name for path in TOOLS.glob("[a-z]*.py")))
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interruption_while_a_tool_starts_is_one_line(tmp_path, tool, number):
    for heavy in ("torch", "numpy", "rich"):
        (tmp_path / f"{heavy}.py").write_text(f"import signal\nsignal.raise_signal({int(number)})\n", encoding="utf-8")
    path = os.pathsep.join([str(tmp_path), str(TOOLS.parent)])
    command = [sys.executable, str(TOOLS / tool), *ARGUMENTS[tool]]
    done = subprocess.run(
        command, env=os.environ | {"PYTHONPATH": path}, capture_output=True, text=True, encoding="utf-8"
    )
    cause = "Ctrl-C" if number == signal.SIGINT else "SIGTERM"
    assert done.stderr == f"{tool}: asked to end by {cause} during its start; call it again\n"
    assert done.returncode == 128 + number and done.stdout == ""
