"""Exact closest points on a triangle mesh."""

from __future__ import annotations

from dataclasses import dataclass

import igl
import numpy as np


@dataclass(frozen=True)
class ClosestPoints:
    """Where a surface is closest to each of N points.

    Attributes:
        distances: ``(N,)``, not negative.
        points: On the surface, ``(N, 3)``.
        faces: Index of the triangle that holds it, ``(N,)``; any of them where several do.
    """

    distances: np.ndarray
    points: np.ndarray
    faces: np.ndarray


class Surface:
    """A triangle mesh that answers exact closest-point queries, by libigl's tree of bounding boxes.

    Triangles without an area are segments or points.

    Args:
        verts: ``(V, 3)``.
        faces: Corner indices, ``(F, 3)``.

    Raises:
        ValueError: There is no triangle, a shape is wrong, a coordinate is not finite, or a corner is no vertex.
    """

    def __init__(self, verts: np.ndarray, faces: np.ndarray) -> None:
        verts, faces = np.asarray(verts, dtype=np.float64), np.asarray(faces, dtype=np.int64)
        if verts.ndim != 2 or verts.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
            raise ValueError(
                f"a surface needs verts (V, 3) and at least one face (F, 3), got {verts.shape}, {faces.shape}"
            )
        if not np.isfinite(verts).all():
            raise ValueError("a surface needs finite vertices")
        if faces.min() < 0 or faces.max() >= len(verts):
            raise ValueError(f"faces name the vertices {faces.min()} to {faces.max()}, but there are {len(verts)}")
        self._verts, self._faces = np.ascontiguousarray(verts), np.ascontiguousarray(faces)
        self.triangles = verts[faces]

    def normals(self) -> np.ndarray:
        """Unit normals of the triangles, ``(F, 3)``; zero for those without an area."""
        cross = np.cross(self.triangles[:, 1] - self.triangles[:, 0], self.triangles[:, 2] - self.triangles[:, 0])
        length = np.linalg.norm(cross, axis=1, keepdims=True)
        return np.divide(cross, length, out=np.zeros_like(cross), where=length > 0)

    def closest(self, points: np.ndarray) -> ClosestPoints:
        """The closest surface points to ``(N, 3)`` points.

        Raises:
            ValueError: A point is not finite.
        """
        points = np.ascontiguousarray(points, dtype=np.float64).reshape(-1, 3)
        if not np.isfinite(points).all():
            raise ValueError("closest points are asked for points that are not finite")
        squares, faces, feet = igl.point_mesh_squared_distance(points, self._verts, self._faces)
        return ClosestPoints(np.sqrt(squares), feet, faces)
