"""The extra ``tensorboard``: what a training logs can be looked at there."""

import pytest

from aucgan.commands.main import main

VISUALIZER = 'visualizer = dict(type="Visualizer", vis_backends=[dict(type="TensorboardVisBackend")])\n'


def test_a_training_writes_events(workspace, toy_text):
    pytest.importorskip("tensorboard")
    (workspace / "toy.py").write_text(toy_text + VISUALIZER, encoding="utf-8")
    assert main(["train", "toy.py", "--skip-test"]) == 0
    assert list((workspace / "work_dirs" / "toy").rglob("events.out.tfevents.*"))
