import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

TOOL = Path(__file__).parents[2] / "tools" / "make_dataset.py"


@pytest.fixture
def run(monkeypatch):
    spec = importlib.util.spec_from_file_location("make_dataset_tool", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    def call(*args):
        monkeypatch.setattr(sys, "argv", ["make_dataset.py", *map(str, args)])
        module.main()

    return call


def test_writes_a_set_and_a_grid_and_refuses_another(run, tmp_path):
    counts = ("--train", 2, "--val", 1, "--test", 1, "--image-size", 32, "--uv-size", 32)
    run(tmp_path / "set", *counts, "--grid", tmp_path / "grid.png", "--grid-size", 32)
    assert len(list((tmp_path / "set" / "images").iterdir())) == 4
    grid = np.asarray(Image.open(tmp_path / "grid.png"))
    assert grid.shape == (128, 128, 3) and grid.std() > 20
    with pytest.raises(SystemExit, match="make_dataset: .*seed=0, not 1"):
        run(tmp_path / "set", *counts, "--seed", 1)


def test_says_what_is_missing(run, capsys):
    with pytest.raises(SystemExit):
        run()
    assert "--grid" in capsys.readouterr().err
