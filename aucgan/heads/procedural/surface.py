"""The bare head, without features: a smooth surface lofted through a net of control points.

The surface is given for the person's left half as ``P(s, t)``: ``s`` runs from the midline of the face (0) round
the side to the midline of the back (8), ``t`` from the crown (0) to the base of the neck (17). All lengths in the
builders of this package are millimetres; only finished arrays are metres.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.ndimage import map_coordinates

S_MAX, T_MAX = 8.0, 17.0
_SMOOTHING = 0.35  # share of the approximating spline: takes the ripples out of the interpolating one

# fmt: off
_NET = np.array([
    # each ring: five points from the midline of the face to its side, four on to the midline of the back
    [(0, 143, -28)] * 9,
    [(0, 138, 10), (14, 138, 6), (25, 137.5, -3), (32, 137, -14), (35, 136.5, -24),
     (36.5, 136, -36), (33, 135.5, -50), (19, 135, -64), (0, 135, -70)],
    [(0, 122, 37), (22, 121, 33), (40, 119.5, 21), (51, 118, 6), (57, 117, -12),
     (60, 116, -34), (53, 115, -64), (31, 115, -86), (0, 115, -96)],
    [(0, 100, 57.5), (25, 99, 53), (46, 96, 38), (60, 93, 19), (68, 91, -3),
     (72, 90, -34), (63, 90, -76), (36, 90, -102), (0, 90, -112)],
    [(0, 76, 67), (25, 76, 63.5), (45, 74, 51), (60, 71, 31), (69, 69, 6),
     (76, 67, -32), (67, 66, -80), (38, 65, -107), (0, 65, -118)],
    [(0, 52, 69), (24, 53, 66.5), (43, 52, 56), (57.5, 50, 37), (67.5, 48, 12),
     (76.5, 46, -30), (67, 44, -80), (38, 42, -106), (0, 40, -116)],
    [(0, 30, 62), (22, 30, 59), (41, 29, 52), (57, 28, 36), (68, 27, 14),
     (75, 26, -26), (66, 24, -76), (37, 20, -100), (0, 17, -108)],
    [(0, 8, 66), (22, 8, 61.5), (41, 8, 55), (58, 8, 38), (69, 8, 14),
     (73.5, 8, -22), (64, 2, -70), (35, -3, -91), (0, -6, -98)],
    [(0, -18, 71.5), (22, -18, 65), (40, -18, 54.5), (55, -18, 36.5), (64.5, -15, 12),
     (69, -10, -20), (60, -18, -64), (33, -25, -83), (0, -28, -89)],
    [(0, -43, 71.5), (22, -43, 62), (38, -42, 50), (51, -40, 31), (60, -36, 8),
     (65, -28, -20), (57, -36, -60), (32, -46, -78), (0, -50, -84)],
    [(0, -61, 67.5), (20, -60, 62), (35, -58, 46), (47, -54, 27), (56, -48, 6),
     (61.5, -40, -20), (55, -52, -57), (32, -63, -76), (0, -68, -82)],
    [(0, -74, 70.5), (18.5, -73.5, 64), (33, -70.5, 48), (43, -63.5, 26), (52.5, -55.5, 5),
     (58, -50, -20), (54.5, -66, -56), (32, -78, -76), (0, -83, -82)],
    [(0, -86, 61), (17.5, -85, 56.5), (31, -79.5, 41), (41.5, -71, 22.5), (49, -62, 2),
     (56, -60, -21), (54, -80, -56), (32.5, -92, -77), (0, -97, -83)],
    [(0, -89, 42), (14.5, -88.5, 38), (27, -84.5, 27), (36, -77.5, 12), (44.5, -73, -5),
     (52.5, -74, -24), (51.5, -95, -56), (33, -107, -79), (0, -112, -85)],
    [(0, -101, 19), (14, -100, 15), (26, -98, 8), (35.5, -96, -2), (44, -94, -15),
     (50.5, -95, -32), (49.5, -113, -60), (33, -124, -81), (0, -128, -87)],
    [(0, -128, 13), (14, -127, 10), (28, -126, 2.5), (38, -125, -9), (46.5, -124, -22),
     (51, -125, -40), (48.5, -136, -66), (33, -144, -85), (0, -147, -92)],
    [(0, -160, 10), (16, -160, 7.5), (32, -160, 0), (43, -160, -12), (52.5, -160, -28),
     (55.5, -160, -48), (50, -165, -74), (33, -168, -92), (0, -170, -99)],
    [(0, -192, 10), (19, -192, 8), (38, -192, 0), (54, -192, -14), (65, -192, -32),
     (68, -192, -54), (57, -192, -82), (34, -192, -100), (0, -192, -107)],
], dtype=np.float64)
# fmt: on
_PAD = 4


@cache
def _padded_net() -> np.ndarray:
    """The net over the whole circumference, continued over the crown, below the neck and round the back."""
    left = _NET
    right = left[:, -2:0:-1] * np.array([-1.0, 1.0, 1.0])
    ring = np.concatenate([left, right], axis=1)  # (18, 16, 3)
    over_crown = np.roll(ring[_PAD:0:-1], 8, axis=1)
    step = ring[-1] - ring[-2]
    below = np.stack([ring[-1] + k * step for k in range(1, _PAD + 1)])
    rows = np.concatenate([over_crown, ring, below])
    return np.concatenate([rows[:, -_PAD:], rows, rows[:, : _PAD + 1]], axis=1)


def loft(s: np.ndarray, t: np.ndarray) -> np.ndarray:
    """Points of the bare left half head, ``(..., 3)`` mm, for ``s`` in [0, 8] and ``t`` in [0, 17]."""
    net = _padded_net()
    where = np.stack([np.asarray(t, float) + _PAD, np.asarray(s, float) + _PAD])
    parts = []
    for axis in range(3):
        exact = map_coordinates(net[..., axis], where, order=3, mode="nearest")
        soft = map_coordinates(net[..., axis], where, order=3, mode="nearest", prefilter=False)
        parts.append(exact + _SMOOTHING * (soft - exact))
    return np.stack(parts, axis=-1)


@cache
def table() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """A dense sampling: ``s (161,)``, ``t (341,)`` and points ``(341, 161, 3)``."""
    s, t = np.linspace(0, S_MAX, 161), np.linspace(0, T_MAX, 341)
    tt, ss = np.meshgrid(t, s, indexing="ij")
    return s, t, loft(ss, tt)


@cache
def _frontal_inverse() -> LinearNDInterpolator:
    s, t, points = table()
    rows, columns = slice(30, 256), slice(0, 86)  # the face: from above the hairline to below the chin
    tt, ss = np.meshgrid(t[rows], s[columns], indexing="ij")
    along_t, along_s = np.gradient(points[rows, columns], axis=(0, 1))
    facing = np.cross(along_t, along_s)[..., 2] > 0
    xy = points[rows, columns][..., :2]
    return LinearNDInterpolator(xy[facing], np.stack([ss[facing], tt[facing]], axis=-1))


def from_front(xy: np.ndarray) -> np.ndarray:
    """Surface coordinates ``(s, t)`` of points seen from the front, ``(N, 2)`` mm, x ≥ 0 → ``(N, 2)``."""
    found = _frontal_inverse()(np.asarray(xy, float))
    if np.isnan(found).any():
        raise ValueError(f"points {np.asarray(xy)[np.isnan(found).any(-1)]} do not lie on the front of the head")
    found[np.asarray(xy)[:, 0] <= 0, 0] = 0.0
    return found
