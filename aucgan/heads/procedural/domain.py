"""The flat domain in which the head is triangulated, and the UV chart made from it.

A pseudo-cylindrical map: a row is a ring of the lofted surface, its horizontal coordinate the arc length from the
midline of the face, its vertical one the mean arc length down the front. The chart compresses the back, the crown
and the neck, so that the face takes most of the texture. All coordinates here are for the person's left half.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.ndimage import map_coordinates

from aucgan.heads.procedural import surface

_STEP_S, _STEP_T = 20.0, 20.0  # table samples per unit of s and t
_SIDE_MM, _SIDE_SLOPE = 92.0, 0.33  # beyond this arc length the chart is compressed
_TOP_MM, _BOTTOM_MM, _END_SLOPE = 88.0, 305.0, 0.42
_FEATHER_MM = 12.0


@cache
def _tables() -> tuple[np.ndarray, np.ndarray]:
    """Arc length along the rows ``(341, 161)`` and down the front ``(341,)``."""
    _, _, points = surface.table()
    along_s = np.linalg.norm(np.diff(points, axis=1), axis=-1)
    horizontal = np.concatenate([np.zeros((len(points), 1)), np.cumsum(along_s, axis=1)], axis=1)
    along_t = np.linalg.norm(np.diff(points[:, :60], axis=0), axis=-1).mean(1)
    return horizontal, np.concatenate([[0.0], np.cumsum(along_t)])


def to_domain(st: np.ndarray) -> np.ndarray:
    """Surface coordinates ``(N, 2)`` → domain coordinates ``(N, 2)`` in mm."""
    horizontal, vertical = _tables()
    s, t = np.asarray(st, float).T
    across = map_coordinates(horizontal, np.stack([t * _STEP_T, s * _STEP_S]), order=1, mode="nearest")
    return np.stack([across, np.interp(t * _STEP_T, np.arange(len(vertical)), vertical)], axis=1)


def row_width(down: np.ndarray) -> np.ndarray:
    """Arc length from the front to the back midline at the depth ``down`` of the domain."""
    horizontal, vertical = _tables()
    return np.interp(down, vertical, horizontal[:, -1])


def height() -> float:
    """Depth of the domain from the crown to the base of the neck, in mm."""
    return float(_tables()[1][-1])


def from_domain(points: np.ndarray) -> np.ndarray:
    """Domain coordinates ``(N, 2)`` in mm → surface coordinates ``(N, 2)``."""
    horizontal, vertical = _tables()
    row = np.interp(points[:, 1], vertical, np.arange(len(vertical)))
    low = np.clip(np.floor(row).astype(int), 0, len(vertical) - 2)
    part = (row - low)[:, None]
    widths = horizontal[low] * (1 - part) + horizontal[low + 1] * part  # (N, 161)
    column = np.clip((widths < points[:, :1]).sum(1), 1, widths.shape[1] - 1)
    index = np.arange(len(points))
    before, after = widths[index, column - 1], widths[index, column]
    inner = np.clip((points[:, 0] - before) / np.maximum(after - before, 1e-9), 0, 1)
    return np.stack([(column - 1 + inner) / _STEP_S, row / _STEP_T], axis=1)


def _softplus(x: np.ndarray) -> np.ndarray:
    return _FEATHER_MM * np.logaddexp(0.0, x / _FEATHER_MM)


def _across(x: np.ndarray) -> np.ndarray:
    return x - (1 - _SIDE_SLOPE) * (_softplus(x - _SIDE_MM) - _softplus(np.array(-_SIDE_MM)))


def _down(y: np.ndarray) -> np.ndarray:
    top = (1 - _END_SLOPE) * (_softplus(_TOP_MM - y) - _softplus(np.array(_TOP_MM)))
    bottom = (1 - _END_SLOPE) * _softplus(y - _BOTTOM_MM)
    return y + top - bottom


def to_chart(points: np.ndarray) -> np.ndarray:
    """Domain coordinates ``(N, 2)`` → UV in the right half of the texture (u ≥ 0.5, v up)."""
    widest = _across(_tables()[0][:, -1]).max()
    low, high = _down(np.array([0.0, height()]))
    u = 0.5 + 0.49 * _across(points[:, 0]) / widest
    v = 0.99 - 0.98 * (_down(points[:, 1]) - low) / (high - low)
    return np.stack([u, v], axis=1)
