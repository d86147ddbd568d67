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


def test_lines_join_the_landmarks_of_one_part_and_close_round_ones():
    angle = np.linspace(0, 2 * np.pi, 69)[:-1]
    points = 0.9 * np.stack([np.cos(angle), np.sin(angle)], 1)
    picture = draw_landmarks(np.zeros((600, 600, 3), np.uint8), points, colour=(0, 200, 100), radius=1)
    pixels = (points + 1) * 300 - 0.5

    def drawn(a, b):
        column, row = np.round((pixels[a] + pixels[b]) / 2).astype(int)
        return picture[row - 1 : row + 2, column - 1 : column + 2].any()

    gaps = {16, 21, 26, 30, 35, 41, 47, 59, 67}  # the last point of every part
    assert {i for i in range(68) if not drawn(i, (i + 1) % 68)} == gaps
    for first, last in ((36, 41), (42, 47), (48, 59), (60, 67)):
        assert drawn(first, last)
    for first, last in ((0, 16), (17, 21), (22, 26), (31, 35)):
        assert not drawn(first, last)
    lines = picture.reshape(-1, 3)[(picture.reshape(-1, 3) != 0).any(1)]
    assert {tuple(colour) for colour in lines.tolist()} == {(0, 200, 100), (0, 100, 50)}


def test_dots_without_parts_are_green_and_not_joined():
    picture = draw_landmarks(np.zeros((40, 40, 3), np.uint8), np.array([[-0.5, 0.0], [0.5, 0.0]]))
    assert picture[20, 10].tolist() == picture[20, 30].tolist() == [0, 255, 0] and not picture[:, 15:25].any()
    assert 4 <= picture[:, :20, 1].astype(bool).sum() <= 16  # 3 pixels wide
