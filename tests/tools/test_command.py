"""The command ``aucgan``: the same as the tools, and started from every folder."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from aucgan.apis.convert import CONVERTERS
from aucgan.apis.scoring.au_inputs import KINDS
from aucgan.apis.scoring.now import UNITS_IN_MM
from aucgan.commands import convert, evaluate
from aucgan.commands.main import COMMANDS, command_parser, main
from aucgan.engine.plan.train_request import TRAIN
from tools import train as train_tool

TOOLS = Path(train_tool.__file__).parent


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command, capsys):
    with pytest.raises(SystemExit) as ended:
        main([command, "--help"])
    told = capsys.readouterr().out
    assert ended.value.code == 0 and f"usage: aucgan {command}" in told and "CALL" not in told


def test_every_tool_is_a_command():
    calls = [path.read_text(encoding="utf-8").split('tool("')[1].split('"')[0] for path in TOOLS.glob("[a-z]*.py")]
    assert sorted(calls) == sorted(COMMANDS)
    assert all(f"    {command}" in command_parser().format_help() for command in COMMANDS)


def test_a_tools_examples_call_the_tool(capsys):
    with pytest.raises(SystemExit):
        train_tool.main(["--help"])
    told = capsys.readouterr().out
    assert "usage: train.py" in told and "python tools/train.py configs/aucgan_detail_v2.py --resume" in told


def test_choices_are_those_of_the_code():
    assert convert.KINDS == tuple(CONVERTERS) and evaluate.UNITS == tuple(UNITS_IN_MM)
    assert evaluate.KINDS == tuple(KINDS)


def test_errors_name_the_command(capsys):
    assert main(["train", "aucgan_detail_v22"]) == 2
    expected = "aucgan train: no config at aucgan_detail_v22; did you mean 'aucgan_detail_v2'?\n"
    assert capsys.readouterr().err == expected


def test_trainings_start_beside_a_folder_of_the_librarys_name(tmp_path):
    (tmp_path / "aucgan" / "configs").mkdir(parents=True)  # where a clone would lie
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    command = [*TRAIN, "--help"]  # of the library, without what takes long to load
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.stdout.startswith("usage: aucgan train ") and not done.stderr and done.returncode == 0
    assert TRAIN[0] == sys.executable


def test_the_shell_completes_commands_and_options(tmp_path):
    pytest.importorskip("argcomplete")
    answers = {}
    answer = tmp_path / "answer"
    asked = {"_ARGCOMPLETE": "1", "_ARGCOMPLETE_STDOUT_FILENAME": str(answer), "_ARGCOMPLETE_IFS": "\n"}
    for line in ("aucgan pre", "aucgan train toy.py --sk"):
        typed = {"COMP_LINE": line, "COMP_POINT": str(len(line)), "COMP_TYPE": "9"}
        subprocess.run([sys.executable, TRAIN[1]], env=os.environ | asked | typed, check=True)
        answers[line] = answer.read_text(encoding="utf-8").split()
    assert answers == {"aucgan pre": ["precompute"], "aucgan train toy.py --sk": ["--skip-test"]}
