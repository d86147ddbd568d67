import numpy as np
import pytest
import torch

from aucgan.renderers import draw_landmarks, picture_grid, to_uint8
from aucgan.renderers.drawing import GAP, TITLE_HEIGHT, captioned_grid, titled_grid


def test_to_uint8():
    image = torch.tensor([-1.0, 0.5, 2.0]).view(3, 1, 1)
    assert to_uint8(image).tolist() == [[[0, 128, 255]]]
    assert to_uint8(np.zeros((2, 3), np.uint8)).shape == (2, 3, 3)
    with pytest.raises(ValueError, match="1 or 3 channels"):
        to_uint8(torch.zeros(2, 4, 4))


def test_landmarks_are_drawn_at_pixel_centres():
    picture = draw_landmarks(torch.zeros(3, 9, 9), torch.tensor([[0.0, 0.0]]), radius=0.5)
    assert picture[4, 4].tolist() == [0, 255, 0]
    assert picture.sum() <= 4 * 255
    original = np.zeros((20, 20, 3), np.uint8)
    draw_landmarks(original, np.zeros((68, 2)))
    assert (original == 0).all()
    outside = torch.tensor([[float("nan"), 0.0], [1e9, 0.0]])
    assert (draw_landmarks(original, outside) == 0).all()
    with pytest.raises(ValueError, match="landmarks must be"):
        draw_landmarks(original, torch.zeros(68))


def test_picture_grid():
    rows = [torch.zeros(3, 3, 8, 10), [np.zeros((4, 5, 3), np.uint8)]]
    grid = picture_grid(rows, gap=1)
    assert grid.shape == (17, 32, 3) and grid.dtype == np.uint8
    assert (grid[8] == 255).all() and (grid[9:, :10] == 0).all() and (grid[9:, 10:] == 255).all()
    with pytest.raises(ValueError, match="at least one picture"):
        picture_grid([[]])


def test_captioned_grid_names_every_picture():
    pictures = {"one": torch.zeros(3, 16, 30), "two": torch.zeros(1, 8, 8), "three": np.zeros((4, 4, 3), np.uint8)}
    grid = np.asarray(captioned_grid(pictures, columns=2))
    step = TITLE_HEIGHT + 16
    assert grid.shape == (2 * step + GAP, 2 * 30 + GAP, 3)
    for top, left in ((0, 0), (0, 30 + GAP), (step + GAP, 0)):
        cell = grid[top : top + step, left : left + 30]
        assert (cell[TITLE_HEIGHT:] == 0).all() and 0 < (cell[:TITLE_HEIGHT] < 128).mean() < 0.5
    assert (grid[step + GAP :, 30 + GAP :] == 255).all()
    assert captioned_grid(pictures, columns=3, side=20).size == (3 * 20 + 2 * GAP, TITLE_HEIGHT + 20)


def test_rows_have_their_names_on_the_left():
    rows = [torch.zeros(2, 3, 20, 16), torch.zeros(1, 3, 20, 16)]
    grid = np.asarray(titled_grid(rows, ("one", "two"), ("first", "a longer name")))
    left = grid.shape[1] - (2 * 16 + GAP)
    assert grid.shape[0] == TITLE_HEIGHT + 2 * 20 + GAP
    assert (grid[TITLE_HEIGHT : TITLE_HEIGHT + 20, left : left + 16] == 0).all()
    dark = (grid[:, :left] < 128).any(axis=(1, 2))
    assert not dark[:TITLE_HEIGHT].any() and dark[TITLE_HEIGHT:][:20].any() and dark[TITLE_HEIGHT + 20 :].any()
    assert (grid[:, left - GAP : left] == 255).all()
