"""Landmarks on a mesh as a text file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from torch import Tensor

from aucgan.renderers.export.arrays import to_numpy


def export_landmarks(path: str | Path, landmarks: Tensor | np.ndarray) -> Path:
    """Write landmarks in the frame of a mesh, a line ``x y z`` each.

    Args:
        path: The file.
        landmarks: ``(68, 3)`` in metres, in iBUG's order.

    Returns:
        The path.

    Raises:
        ValueError: The shape is another.
    """
    points = to_numpy(landmarks)
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"landmarks must be (N, 3), got {points.shape}")
    np.savetxt(path, points, fmt="%.7g", header=f"{len(points)} landmarks in iBUG's order, x y z in metres")
    return Path(path)
