import numpy as np
import pytest
from PIL import Image

from tools.make_dataset import main


def run(*arguments):
    return main([str(argument) for argument in arguments])


def test_writes_a_set_and_a_grid_and_refuses_another(tmp_path, capfd):
    counts = ("--train", 2, "--val", 1, "--test", 1, "--strangers", 1, "--image-size", 32, "--uv-size", 32)
    assert run(tmp_path / "set", *counts, "--grid", tmp_path / "grid.png", "--grid-size", 32) == 0
    assert len(list((tmp_path / "set" / "images").iterdir())) == 5
    grid = np.asarray(Image.open(tmp_path / "grid.png"))
    assert grid.shape == (128, 128, 3) and grid.std() > 20
    assert run(tmp_path / "set", *counts, "--seed", 1) == 1
    error = capfd.readouterr().err
    assert error.startswith("make_dataset.py: ") and "seed=0, not 1" in error and error.count("\n") == 1


def test_says_what_is_missing(capsys):
    with pytest.raises(SystemExit):
        run()
    assert "--grid" in capsys.readouterr().err
