"""Equal rows of an array, found once: the corners and edges of meshes."""

from __future__ import annotations

import numpy as np


def unique_rows(rows: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The different rows of an array, sorted, and which of them each row is.

    Args:
        rows: ``(N, K)``.

    Returns:
        ``(U, K)``, and numbers of its rows ``(N,)``: NumPy 2.0.0 alone gives them as ``(N, 1)``.
    """
    different, which = np.unique(rows, axis=0, return_inverse=True)
    return different, which.reshape(-1)
