"""A request for a training is the same as a command line."""

from pathlib import Path

import pytest

from aucgan.commands.main import main
from aucgan.engine.plan import strangers
from aucgan.engine.plan.train_request import TRAIN, TrainRequest

EVERYTHING = TrainRequest(
    Path("toy.py"),
    Path("here/there"),
    resume=True,
    amp=True,
    cfg_options=("model.width=3", "val_cfg=None"),
    max_iters=7,
    seed=0,
    train_missing=False,
    skip_test=True,
    smoke=Path("tiny"),
    jobs=2,
    device="cpu",
)


@pytest.mark.parametrize("asked", [TrainRequest(Path("toy.py")), EVERYTHING], ids=["nothing more", "everything"])
def test_the_command_asks_for_the_same(monkeypatch, asked):
    heard = []
    monkeypatch.setattr(strangers, "train", heard.append)
    program, entry, command, *arguments = asked.command()
    assert (program, entry, command) == TRAIN and main([command, *arguments]) == 0
    assert heard == [asked]
