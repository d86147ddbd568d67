"""Meshes and pictures in the forms that files want."""

from __future__ import annotations

from typing import Protocol

import numpy as np
from torch import Tensor


class TexturedTriangles(Protocol):
    """Triangles with a UV layout; ``MeshTopology`` and ``DenseMesh`` are such.

    Attributes:
        faces: Vertex indices, ``(F, 3)``.
        uv_coords: ``(VT, 2)`` in [0, 1], v up.
        uv_faces: UV vertex indices of the same triangles, ``(F, 3)``.
    """

    @property
    def faces(self) -> np.ndarray | Tensor: ...  # noqa: D102 - described above

    @property
    def uv_coords(self) -> np.ndarray | Tensor: ...  # noqa: D102

    @property
    def uv_faces(self) -> np.ndarray | Tensor: ...  # noqa: D102


def mesh_arrays(verts: Tensor | np.ndarray, topology: TexturedTriangles) -> tuple[np.ndarray, ...]:
    """Check a mesh and return vertices (V, 3) float64, faces, UV coordinates and UV faces.

    Raises:
        ValueError: Shapes do not fit, a vertex is not finite, or an index is out of range.
    """
    points = to_numpy(verts).astype(np.float64)
    faces, uv_coords, uv_faces = (to_numpy(a) for a in (topology.faces, topology.uv_coords, topology.uv_faces))
    if points.ndim != 2 or points.shape[1] != 3:
        raise ValueError(f"verts must be (V, 3): one sample, got {points.shape}")
    if not np.isfinite(points).all():
        raise ValueError("verts hold values that are not finite; the mesh was not written")
    if faces.shape != uv_faces.shape or faces.ndim != 2 or faces.shape[1] != 3:
        raise ValueError(f"faces and uv_faces must both be (F, 3), got {faces.shape} and {uv_faces.shape}")
    for name, index, limit in (("faces", faces, len(points)), ("uv_faces", uv_faces, len(uv_coords))):
        if len(index) and not 0 <= index.min() <= index.max() < limit:
            raise ValueError(f"{name} must index {limit} entries, got {index.min()}..{index.max()}")
    return points, faces, uv_coords, uv_faces


def to_numpy(values: Tensor | np.ndarray) -> np.ndarray:
    """A tensor on any device, or an array, as an array."""
    return values.detach().cpu().numpy() if isinstance(values, Tensor) else np.asarray(values)


def area_normals(points: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit vertex normals, ``(V, 3)``; 0 where no triangle has an area."""
    a, b, c = (points[faces[:, corner]] for corner in range(3))
    face_normals = np.cross(b - a, c - a)
    corners, count = faces.T.reshape(-1), len(points)
    sums = [np.bincount(corners, np.tile(axis, 3), count) for axis in face_normals.T]  # many times as fast as add.at
    summed = np.stack(sums, axis=1)
    return summed / np.maximum(np.linalg.norm(summed, axis=1, keepdims=True), np.finfo(np.float64).tiny)


def normal_picture(normal_map: Tensor | np.ndarray) -> np.ndarray:
    """Tangent-space normals as the picture every program expects: 8 bits, (n + 1) / 2.

    Args:
        normal_map: ``(3, S, S)`` in [-1, 1]; see ``SRenderY.tangent_normals``.

    Returns:
        ``(S, S, 3)`` uint8.
    """
    normals = to_numpy(normal_map)
    if normals.ndim != 3 or normals.shape[0] != 3:
        raise ValueError(f"normal_map must be (3, S, S), got {normals.shape}")
    return np.rint((normals.transpose(1, 2, 0) * 0.5 + 0.5).clip(0, 1) * 255).astype(np.uint8)
