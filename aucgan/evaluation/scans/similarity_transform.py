"""Similarity transforms: rotation, scale and translation in space."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Similarity:
    """``x → scale · R x + t``.

    Attributes:
        scale: Positive.
        rotation: Proper rotation, ``(3, 3)``.
        translation: ``(3,)``.
    """

    scale: float
    rotation: np.ndarray
    translation: np.ndarray

    def apply(self, points: np.ndarray) -> np.ndarray:
        """Transform points ``(N, 3)``."""
        return self.scale * points @ self.rotation.T + self.translation

    def undo(self, points: np.ndarray) -> np.ndarray:
        """Transform points ``(N, 3)`` back."""
        return (points - self.translation) @ self.rotation / self.scale


def align_points(source: np.ndarray, target: np.ndarray, with_scale: bool = True) -> Similarity:
    """The similarity that brings points closest to their partners, in the sense of least squares.

    Closed form of Umeyama, "Least-squares estimation of transformation parameters between two point patterns",
    PAMI 1991.

    Args:
        source: Points to move, ``(N, 3)``, N ≥ 3.
        target: Where they should come to lie, ``(N, 3)``.
        with_scale: Whether the scale is free; 1 otherwise.

    Raises:
        ValueError: Shapes differ, a coordinate is not finite, or the points lie on a line, so that no rotation is
            determined.
    """
    source, target = np.asarray(source, dtype=np.float64), np.asarray(target, dtype=np.float64)
    if source.shape != target.shape or source.ndim != 2 or source.shape[1] != 3 or len(source) < 3:
        raise ValueError(f"two sets of at least 3 points (N, 3) were expected, got {source.shape} and {target.shape}")
    if not (np.isfinite(source).all() and np.isfinite(target).all()):
        raise ValueError("points to align must be finite")
    from_centre, to_centre = source.mean(0), target.mean(0)
    x, y = source - from_centre, target - to_centre
    u, d, vt = np.linalg.svd(y.T @ x / len(x))
    if d[1] <= 1e-12 * max(d[0], np.finfo(float).tiny):
        raise ValueError("points on a line (or in one place) do not determine a rotation")
    signs = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    rotation = (u * signs) @ vt
    scale = float((d * signs).sum() / (x**2).sum(1).mean()) if with_scale else 1.0
    return Similarity(scale, rotation, to_centre - scale * rotation @ from_centre)
