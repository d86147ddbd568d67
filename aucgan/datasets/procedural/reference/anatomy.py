"""Where things are on the mean adult head: the measurements that paint and relief are drawn by.

All positions are metres in the head frame (x to the person's left, y up, z out of the face), the origin
inside the head at the level of the nose. Proportions follow adult means of facial anthropometry (Farkas
1994): 63 mm between the pupils, 36 mm wide alae, 51 mm wide mouth, 138 mm across the cheekbones. Curves are
given for the person's left side (x > 0); :func:`mirrored` gives the right side. The ``z`` of skin points is
that of the mean surface to about two millimetres; ``x`` and ``y`` are exact.
"""

from __future__ import annotations

import numpy as np


def mirrored(points: np.ndarray) -> np.ndarray:
    """The same points ``(..., 3)`` on the other side of the face."""
    return points * np.array([-1.0, 1.0, 1.0])


def _curve(*points: tuple[float, float, float]) -> np.ndarray:
    return np.array(points, dtype=np.float64) / 1000.0


EYE_CENTRE = _curve((31.5, 30.0, 40.5))[0]
"""Centre of the left eyeball."""
IRIS_RADIUS = 0.0060
"""Radius of the iris, seen along the line of sight."""
PUPIL_RADIUS = 0.0021

INNER_CANTHUS = _curve((18.0, 28.3, 46.0))[0]
OUTER_CANTHUS = _curve((45.3, 30.2, 41.5))[0]
UPPER_LID = _curve(
    (18.0, 28.3, 46.0),
    (21.6, 31.2, 50.5),
    (26.4, 34.1, 53.5),
    (31.5, 35.2, 54.2),
    (36.6, 34.6, 53.0),
    (41.4, 32.8, 49.0),
    (45.3, 30.2, 41.5),
)
"""Margin of the upper lid from the inner to the outer canthus."""
LOWER_LID = _curve(
    (18.0, 28.3, 46.0),
    (22.0, 26.4, 49.8),
    (27.0, 24.9, 52.3),
    (32.0, 24.4, 52.8),
    (37.2, 25.0, 51.7),
    (41.8, 27.0, 48.1),
    (45.3, 30.2, 41.5),
)
"""Margin of the lower lid from the inner to the outer canthus."""
LID_CREASE = _curve(
    (17.6, 31.5, 49.0),
    (21.0, 36.0, 53.0),
    (26.0, 39.4, 56.0),
    (31.5, 40.6, 56.8),
    (37.0, 39.8, 55.2),
    (42.5, 36.8, 50.5),
    (47.5, 32.5, 44.0),
)
"""Fold above the upper lid."""

BROW = _curve(
    (9.5, 47.5, 67.5),
    (19.5, 53.0, 67.5),
    (30.5, 55.5, 65.0),
    (41.5, 53.0, 59.0),
    (51.0, 47.0, 49.0),
)
"""Middle line of the eyebrow from its head to its tail."""
BROW_HALF_HEIGHT = np.array([3.6, 3.8, 3.4, 2.6, 1.2]) / 1000.0
"""Half the height of the eyebrow at the points of :data:`BROW`."""

NOSE_BRIDGE = _curve((0.0, 33.0, 65.8), (0.0, 20.5, 72.5), (0.0, 8.0, 80.5), (0.0, -4.5, 88.5))
"""Midline of the nose from its root to its tip."""
NOSE_BASE = _curve((13.2, -14.2, 68.5), (6.8, -16.8, 72.5), (0.0, -17.5, 74.5))
"""Lower edge of the nose: foot of the wing, nostril sill, subnasale."""
NOSTRIL_CENTRE = _curve((7.4, -13.0, 74.5))[0]
NOSTRIL_RADII = np.array([4.2, 2.6]) / 1000.0
"""Half axes of the nostril in x and y, seen from the front."""

UPPER_LIP_OUTER = _curve(
    (25.5, -42.8, 60.5),
    (20.5, -39.4, 66.0),
    (14.5, -36.6, 70.3),
    (6.2, -33.6, 75.0),
    (0.0, -34.9, 75.6),
)
"""Upper vermilion border from the corner to the middle."""
UPPER_LIP_INNER = _curve(
    (23.6, -42.7, 60.5),
    (17.0, -42.2, 66.8),
    (9.0, -42.0, 72.0),
    (4.0, -42.6, 73.6),
    (0.0, -43.0, 74.0),
)
"""Lower edge of the upper lip."""
LOWER_LIP_OUTER = _curve(
    (25.5, -42.8, 60.5),
    (21.0, -46.8, 65.0),
    (16.0, -50.2, 68.6),
    (8.0, -53.3, 72.0),
    (0.0, -53.8, 72.8),
)
"""Lower vermilion border from the corner to the middle."""
LOWER_LIP_INNER = _curve(
    (23.6, -42.7, 60.4),
    (17.0, -42.25, 66.4),
    (9.0, -42.05, 71.4),
    (4.0, -42.65, 73.0),
    (0.0, -43.05, 73.4),
)
"""Upper edge of the lower lip: it touches the upper lip."""

CHIN = _curve((0.0, -73.5, 73.0))[0]
"""Foremost point of the chin."""

JAW_LINE = _curve(
    (73.0, 30.0, -2.0),
    (72.0, 13.0, -1.0),
    (69.8, -4.0, 1.0),
    (66.5, -21.0, 4.5),
    (60.5, -38.5, 11.5),
    (50.5, -55.0, 23.0),
    (37.0, -69.5, 39.5),
    (19.5, -81.0, 56.0),
    (0.0, -86.0, 63.0),
)
"""Outline of the face from the temple past the angle of the jaw to the chin (frontal view)."""
CHEEK = _curve((42.0, -16.0, 54.5))[0]

EAR_CENTRE = _curve((77.0, 10.0, -14.0))[0]
EAR_RADII = np.array([10.0, 31.0, 18.0]) / 1000.0
"""Half extents of the ear along x, y and z."""
HAIRLINE = _curve(
    (0.0, 101.0, 52.0),
    (25.0, 98.5, 48.0),
    (47.0, 88.0, 34.0),
    (58.0, 72.0, 25.0),
    (66.0, 52.0, 16.0),
)
"""Border of the forehead from the middle to the temple."""


def landmarks_68() -> np.ndarray:
    """The 68 facial landmarks in iBUG order, ``(68, 3)`` metres (0 is on the person's right)."""
    jaw = np.concatenate([mirrored(JAW_LINE), JAW_LINE[-2::-1]])
    brows = np.concatenate([mirrored(BROW[::-1]), BROW])
    base = np.concatenate([mirrored(NOSE_BASE[:2]), NOSE_BASE[::-1]])
    upper, lower = UPPER_LID[[2, 4]], LOWER_LID[[4, 2]]
    left_eye = np.stack([INNER_CANTHUS, upper[0], upper[1], OUTER_CANTHUS, lower[0], lower[1]])
    right_eye = mirrored(left_eye[[3, 2, 1, 0, 5, 4]])
    top, bottom = UPPER_LIP_OUTER[[0, 2, 3, 4]], LOWER_LIP_OUTER[[2, 3, 4]]
    outer = np.concatenate([mirrored(top), top[2::-1], bottom, mirrored(bottom[1::-1])])
    top, bottom = UPPER_LIP_INNER[[0, 2, 4]], LOWER_LIP_INNER[[2, 4]]
    inner = np.concatenate([mirrored(top), top[1::-1], bottom, mirrored(bottom[:1])])
    return np.concatenate([jaw, brows, NOSE_BRIDGE, base, right_eye, left_eye, outer, inner])
