"""Cutting turned squares out of photos: pixel centres at ½, no aliasing, points that come back."""

import cv2
import numpy as np
import pytest

from aucgan.detection.window import Window

SLOPE = 4


def ramp(side: int) -> np.ndarray:
    """A picture whose red grows with the column and whose green with the row."""
    rows, columns = np.mgrid[:side, :side]
    return (SLOPE * np.stack([columns, rows, np.zeros_like(rows)], -1)).astype(np.uint8)


def test_a_window_of_its_own_size_is_the_picture():
    photo = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    assert (Window.around(photo).cut(photo, 40) == photo).all()


def test_a_quarter_turn_is_rot90():
    photo = np.random.default_rng(0).integers(0, 256, (40, 40, 3), dtype=np.uint8)
    turned = Window(20, 20, 40, np.pi / 2).cut(photo, 40)
    assert (turned == np.rot90(photo, 1)).all() or (turned == np.rot90(photo, -1)).all()


@pytest.mark.parametrize("angle", [0.0, 0.4, -1.2])
@pytest.mark.parametrize(("side", "size"), [(36, 36), (36, 12), (40, 9), (20, 70)])
def test_contents_lie_where_points_say(angle, side, size):
    window = Window(30.3, 31.6, side, angle)
    cut = window.cut(ramp(62), size).astype(float)
    rows, columns = np.mgrid[:size, :size]
    places = window.to_photo((np.stack([columns, rows], -1) + 0.5) / size)
    off = (cut[..., :2] / SLOPE + 0.5 - places)[2:-2, 2:-2]
    assert (
        np.abs(off).max() < 1 and np.abs(off.mean((0, 1))).max() < 0.2
    )  # rounded grey levels are an eighth of a pixel


def test_a_smaller_picture_is_a_mean():
    stripes = np.zeros((256, 256, 3), np.uint8)
    stripes[:, ::2] = 200
    assert np.abs(Window.around(stripes).cut(stripes, 32).astype(int) - 100).max() <= 1


def test_outside_is_black_or_the_border():
    photo = np.full((20, 40, 3), 90, np.uint8)
    assert Window.around(photo).cut(photo, 40)[0].max() == 0
    assert (Window.around(photo).cut(photo, 40, cv2.BORDER_REPLICATE) == 90).all()


def test_a_window_far_outside_is_empty_not_an_error():
    photo = np.full((20, 40, 3), 90, np.uint8)
    assert Window(-500.0, 900.0, 30).cut(photo, 16).max() == 0


def test_points_of_a_turned_window():
    window = Window(10, 20, 8, np.pi / 2)
    np.testing.assert_allclose(
        window.to_photo(np.array([[0.5, 0.5], [1, 0.5], [0.5, 1]])), [[10, 20], [10, 24], [6, 20]]
    )
