"""Smooth curves through points."""

from __future__ import annotations

import numpy as np

SPACING = 0.001
"""Distance of the samples along a curve, metres."""


def resampled(curve: np.ndarray, count: int | None = None) -> np.ndarray:
    """A smooth (Catmull-Rom) curve through control points.

    Args:
        curve: Control points, ``(n, d)``.
        count: Number of samples; without, about one every millimetre.

    Returns:
        ``(count, d)``, from the first point to the last.
    """
    if count is None:
        count = max(int(np.sqrt(((curve[1:] - curve[:-1]) ** 2).sum(1)).sum() / SPACING), 4)
    padded = np.concatenate([2 * curve[:1] - curve[1:2], curve, 2 * curve[-1:] - curve[-2:-1]])
    where = np.linspace(0.0, len(curve) - 1.0, count)
    segment = np.minimum(where.astype(np.int64), len(curve) - 2)
    t = (where - segment)[:, None]
    p0, p1, p2, p3 = (padded[segment + k] for k in range(4))
    return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))
