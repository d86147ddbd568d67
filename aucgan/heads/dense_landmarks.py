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


def read_landmark_corners(path: str | Path, n_verts: int) -> tuple[np.ndarray, np.ndarray]:
    """Read what ``tools/embed_landmarks.py`` has written.

    Args:
        path: The ``.npz``.
        n_verts: Number of vertices of the mesh that it is to belong to.

    Returns:
        The vertices that each point lies between, ``(468, 3)`` int64, and their weights, ``(468, 3)`` float32.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else, or belongs to another mesh.
    """
    with np.load(path, allow_pickle=False) as archive:
        missing = [key for key in ("corners", "weights", "n_verts") if key not in archive]
        if missing:
            raise ValueError(f"{path} holds no dense landmarks: it lacks {', '.join(missing)}")
        corners, weights = archive["corners"].astype(np.int64), archive["weights"].astype(np.float32)
        made_for = int(archive["n_verts"])
    if corners.shape != (N_POINTS, 3) or weights.shape != (N_POINTS, 3):
        raise ValueError(f"{path}: corners are {corners.shape}, weights {weights.shape}; (468, 3) was expected")
    if made_for != n_verts or corners.max() >= n_verts:
        raise ValueError(
            f"{path} belongs to a mesh of {made_for} vertices, this one has {n_verts}: "
            "python tools/embed_landmarks.py HEAD makes new ones"
        )
    return corners, weights


def read_dense_landmarks(path: str | Path, faces: np.ndarray, n_verts: int) -> DenseLandmarks:
    """Read what ``tools/embed_landmarks.py`` has written, for a mesh with these triangles ``(F, 3)``.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else, or belongs to another mesh.
    """
    corners, weights = read_landmark_corners(path, n_verts)
    numbers = {tuple(sorted(face)): number for number, face in enumerate(faces.tolist())}
    triangles = np.array([numbers.get(tuple(sorted(three)), -1) for three in corners.tolist()])
    if (triangles < 0).any():
        raise ValueError(
            f"{path} belongs to other triangles, {(triangles < 0).sum()} of its points lie on none of these: "
            "python tools/embed_landmarks.py HEAD makes new ones"
        )
    columns = (faces[triangles][:, :, None] == corners[:, None, :]).argmax(2)
    return DenseLandmarks(triangles, np.take_along_axis(weights, columns, 1))
