"""Where in a photo to look for faces: the whole of it, its tiles, and turned by quarters."""

from __future__ import annotations

from itertools import product

import numpy as np

from aucgan.detection.window import Window

LEAST_TILE = 96
"""Tiles smaller than this (pixels) would hold faces too small to place 468 points on."""


def tiles(photo: np.ndarray, parts: int) -> list[Window]:
    """Squares that overlap by a half, so that a face up to half a tile is whole in one of them.

    Args:
        photo: ``(H, W, 3)``.
        parts: How many tiles, side by side without overlap, cover the longer side of the photo.

    Returns:
        None where the tiles would be smaller than :data:`LEAST_TILE`.
    """
    height, width = photo.shape[:2]
    side = max(height, width) / parts
    if side < LEAST_TILE:
        return []
    places = product(_centres(width, side), _centres(height, side))
    return [Window(x, y, side) for x, y in places]


def _centres(length: int, side: float) -> np.ndarray:
    """Centres of windows in steps of at most half a side, the first and the last flush with the borders."""
    if length <= side:
        return np.array([length / 2])
    count = int(np.ceil((length - side) / (side / 2))) + 1
    return np.linspace(side / 2, length - side / 2, count)


def turned_windows(photo: np.ndarray) -> list[Window]:
    """The whole photo turned by a quarter, by three quarters and by a half."""
    whole = Window.around(photo)
    return [Window(whole.x, whole.y, whole.side, quarter * np.pi / 2) for quarter in (1, 3, 2)]
