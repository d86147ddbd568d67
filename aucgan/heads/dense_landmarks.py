"""MediaPipe's 468 points on a head: triangles and barycentric weights."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np

N_POINTS = 468


class DenseLandmarks(NamedTuple):
    """Where the 468 points lie on a mesh.

    Attributes:
        triangles: Index of the triangle that holds each point, ``(468,)`` int64.
        weights: Its barycentric weights, rows sum to 1, ``(468, 3)`` float32.
    """

    triangles: np.ndarray
    weights: np.ndarray

    def points(self, verts: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """The points ``(..., 468, 3)`` of vertices ``(..., V, 3)`` with triangles ``(F, 3)``."""
        return np.einsum("...nkc,nk->...nc", verts[..., faces[self.triangles], :], self.weights)


def read_dense_landmarks(path: str | Path, n_faces: int) -> DenseLandmarks:
    """Read what ``tools/embed_landmarks.py`` has written.

    Args:
        path: The ``.npz``.
        n_faces: Number of triangles of the mesh that they belong to.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else, or belongs to another mesh.
    """
    with np.load(path, allow_pickle=False) as archive:
        missing = [key for key in ("triangles", "weights", "n_faces") if key not in archive]
        if missing:
            raise ValueError(f"{path} holds no dense landmarks: it lacks {', '.join(missing)}")
        triangles, weights = archive["triangles"].astype(np.int64), archive["weights"].astype(np.float32)
        made_for = int(archive["n_faces"])
    if triangles.shape != (N_POINTS,) or weights.shape != (N_POINTS, 3):
        raise ValueError(f"{path}: triangles are {triangles.shape}, weights {weights.shape}; (468,), (468, 3) expected")
    if made_for != n_faces or triangles.max() >= n_faces:
        raise ValueError(
            f"{path} belongs to a mesh of {made_for} triangles, this one has {n_faces}: "
            "python tools/embed_landmarks.py HEAD makes new ones"
        )
    return DenseLandmarks(triangles, weights)
