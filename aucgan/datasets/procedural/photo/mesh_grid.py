"""Meshes that are grids of rows and columns, for what hangs about a head."""

from __future__ import annotations

import numpy as np


def grid_faces(rows: int, columns: int, closed: bool) -> np.ndarray:
    """Triangles of a grid whose vertices are numbered row by row, ``(F, 3)``.

    Args:
        rows: At least two.
        columns: At least two.
        closed: The last column meets the first.
    """
    across = columns if closed else columns - 1
    row, column = np.meshgrid(np.arange(rows - 1), np.arange(across), indexing="ij")
    right = (column + 1) % columns
    a, b, c, d = (
        row * columns + column,
        row * columns + right,
        (row + 1) * columns + column,
        (row + 1) * columns + right,
    )
    return np.concatenate([np.stack([a, c, b], -1).reshape(-1, 3), np.stack([b, c, d], -1).reshape(-1, 3)])
