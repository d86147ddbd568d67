"""How thick the skin is, and how far apart it therefore folds."""

from __future__ import annotations

import numpy as np

MM = 0.001
PLACES: tuple[tuple[tuple[int, ...], tuple[float, float, float], float], ...] = (
    ((36, 37, 38), (0, 0, 0), 0.7),
    ((39, 40, 41), (0, 0, 0), 0.7),
    ((42, 43, 44), (0, 0, 0), 0.7),
    ((45, 46, 47), (0, 0, 0), 0.7),
    ((36,), (-12, 0, -6), 1.0),
    ((45,), (12, 0, -6), 1.0),
    ((40, 41), (0, -12, 4), 1.1),
    ((46, 47), (0, -12, 4), 1.1),
    ((19,), (0, 25, 0), 1.7),
    ((24,), (0, 25, 0), 1.7),
    ((21, 22), (0, 20, 0), 1.7),
    ((21, 22), (0, 0, 0), 1.9),
    ((17,), (0, 20, -10), 1.6),
    ((26,), (0, 20, -10), 1.6),
    ((27, 28), (0, 0, 0), 1.3),
    ((30,), (0, 0, 0), 2.2),
    ((31,), (-20, 0, -10), 2.0),
    ((35,), (20, 0, -10), 2.0),
    ((48,), (-15, 5, -8), 1.9),
    ((54,), (15, 5, -8), 1.9),
    ((48,), (-30, 5, -20), 1.9),
    ((54,), (30, 5, -20), 1.9),
    ((50, 51, 52), (0, 5, 0), 1.1),
    ((49,), (0, 3, 0), 1.2),
    ((53,), (0, 3, 0), 1.2),
    ((56, 57, 58), (0, -4, 0), 1.2),
    ((57, 8), (0, 0, 0), 1.9),
    ((8,), (0, 8, 5), 2.0),
)
"""Landmarks whose middle is meant, an offset in millimetres, and the thickness of the skin there in millimetres:
means of ultrasound measurements of adults (Ha et al. 2005; Chopra et al. 2015), rounded."""

FOLD_RATIO = 5.6
"""Distance of folds over the thickness of the skin: a stiff layer on a soft bed buckles so."""


def skin_thickness(points: np.ndarray, landmarks: np.ndarray) -> np.ndarray:
    """Thickness of facial skin: measured places, blended by their distance.

    Args:
        points: ``(N, 3)`` metres.
        landmarks: The head's 68, ``(68, 3)`` metres.

    Returns:
        ``(N,)`` metres.
    """
    places = np.array([landmarks[list(which)].mean(0) + np.array(offset) * MM for which, offset, _ in PLACES])
    values = np.array([value for *_, value in PLACES]) * MM
    squared = ((points[:, None] - places) ** 2).sum(-1)
    weights = 1.0 / (squared + (5.0 * MM) ** 2) ** 1.5
    return weights @ values / weights.sum(1)
