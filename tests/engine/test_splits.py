"""Measuring weights on a split that is not the config's own."""

import json
from pathlib import Path

import numpy as np
import pytest
from tiny_split import write_split_rows

from aucgan.datasets.face_folder import SampleRow, write_samples
from aucgan.engine.plan import strangers
from aucgan.engine.plan.train_request import TrainRequest
from tools.test import main as measure
from tools.train import main as train

SPLIT_TOY = 'test_dataloader["dataset"].update(type="ToySplitRows", root="rows", split="test")\n'


@pytest.fixture
def trained(workspace, toy_text):
    write_split_rows(workspace / "rows")
    (workspace / "split_toy.py").write_text(toy_text + SPLIT_TOY, encoding="utf-8")
    assert train(["split_toy.py"]) == 0
    return workspace / "work_dirs" / "split_toy"


def results(path):
    return json.loads(path.read_text(encoding="utf-8"))


def test_another_split_is_measured_into_a_folder_of_its_own(trained, capfd):
    weights = str(trained / "final.pth")
    assert measure(["split_toy.py", weights]) == 0
    assert measure(["split_toy.py", weights, "--split", "strangers"]) == 0
    assert "strangers split" in " ".join(capfd.readouterr().out.split())
    home, strangers = (results(trained / split / "metrics.json") for split in ("test", "strangers"))
    assert (home["split"], strangers["split"]) == ("test", "strangers")
    assert home["metrics"]["error"] != strangers["metrics"]["error"]
    assert (trained / "test" / "sample_values.npz").exists() == (trained / "strangers" / "sample_values.npz").exists()


def test_a_split_that_is_not_there_is_named(trained, capfd):
    assert measure(["split_toy.py", str(trained / "final.pth"), "--split", "martians"]) == 2
    assert "no split 'martians'; there are test, strangers" in capfd.readouterr().err


def test_data_without_splits_say_so(workspace, capfd):
    assert train(["toy.py"]) == 0
    assert measure(["toy.py", "work_dirs/toy/final.pth", "--split", "strangers"]) == 2
    assert "ToyRows) has no splits to choose from" in capfd.readouterr().err


@pytest.mark.parametrize("splits", [("train", "test"), ("train", "test", "strangers")])
def test_a_training_measures_the_strangers_of_its_data(workspace, toy_text, splits, monkeypatch):
    rows = [SampleRow(f"f{n}", f"p{n}", split, np.zeros(41, np.float32)) for n, split in enumerate(splits)]
    (workspace / "rows").mkdir()
    write_samples(workspace / "rows" / "samples.csv", rows)
    (workspace / "split_toy.py").write_text(toy_text + SPLIT_TOY, encoding="utf-8")
    asked = []
    monkeypatch.setattr(strangers, "train", lambda request: dict(metrics=dict(error=1.0)))
    monkeypatch.setattr(strangers, "test", lambda request: asked.append(request) or dict(metrics=dict(error=2.0)))
    content = strangers.train_and_meet_strangers(TrainRequest(config=Path("split_toy.py")))
    assert content["metrics"] == dict(error=1.0)
    if "strangers" not in splits:
        assert not asked and "strangers" not in content
        return
    assert asked[0].split == "strangers" and asked[0].checkpoint == Path("work_dirs/split_toy/final.pth")
    assert results(Path("work_dirs/split_toy/results.json"))["strangers"] == dict(error=2.0)
