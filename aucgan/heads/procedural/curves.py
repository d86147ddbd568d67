"""Smooth curves through anatomical points, sampled evenly."""

from __future__ import annotations

import numpy as np
from scipy.interpolate import make_interp_spline


def resample(points: np.ndarray, count: int, ease: float = 0.0) -> np.ndarray:
    """``count`` points along a smooth open curve through ``points (N, D)``, evenly spaced by arc length.

    Args:
        points: Control points.
        count: Number of samples, both ends included.
        ease: 0 keeps the spacing even, towards 1 the samples crowd at both ends.
    """
    chord = np.concatenate([[0.0], np.cumsum(np.sqrt(np.linalg.norm(np.diff(points, axis=0), axis=1)))])
    spline = make_interp_spline(chord, points, k=min(3, len(points) - 1))
    dense = spline(np.linspace(0, chord[-1], 400))
    length = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(dense, axis=0), axis=1))])
    where = np.linspace(0, 1, count)
    where = (1 - ease) * where + ease * (1 - np.cos(np.pi * where)) / 2
    return np.stack([np.interp(where * length[-1], length, axis) for axis in dense.T], axis=1)


def distance_to_curve(points: np.ndarray, curve: np.ndarray, samples: int = 60) -> np.ndarray:
    """Distance of ``points (N, D)`` to the smooth curve through ``curve (M, D)``."""
    dense = resample(curve, samples)
    return np.linalg.norm(points[:, None] - dense[None], axis=-1).min(1)


def cross_2d(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Twice the signed area between plane vectors ``(..., 2)``."""
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]


def smoothstep(value: np.ndarray | float, low: float, high: float) -> np.ndarray:
    """0 at ``low``, 1 at ``high``, with flat ends; ``low`` may exceed ``high``."""
    part = np.clip((np.asarray(value, float) - low) / (high - low), 0.0, 1.0)
    return part * part * (3 - 2 * part)
