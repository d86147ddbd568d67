"""Exact closest points on a triangle mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

FIRST_NEIGHBOURS = 4
"""Triangles that are tried first for a point; most points need no more."""
GROWTH = 2
MAX_PAIRS = 1 << 18
"""Pairs of point and triangle that are worked on at once, to bound the memory."""


@dataclass(frozen=True)
class ClosestPoints:
    """Where a surface is closest to each of N points.

    Attributes:
        distances: ``(N,)``, not negative.
        points: On the surface, ``(N, 3)``.
        faces: Index of the triangle that holds it, ``(N,)``.
    """

    distances: np.ndarray
    points: np.ndarray
    faces: np.ndarray


def closest_on_triangles(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """The closest point of one triangle to one point, pair by pair.

    It is the foot of the perpendicular where that lies inside, else the nearest of the closest points of the three
    edges. Triangles without an area are their edges.

    Args:
        points: ``(N, 3)`` float64.
        triangles: ``(N, 3, 3)``: corner, then coordinate.

    Returns:
        ``(N, 3)``.
    """
    edges = np.roll(triangles, -1, axis=1) - triangles
    lengths = np.einsum("nkc,nkc->nk", edges, edges)
    along = np.einsum("nkc,nkc->nk", points[:, None] - triangles, edges)
    t = np.divide(along, lengths, out=np.zeros_like(along), where=lengths > 0).clip(0, 1)
    candidates = np.concatenate([triangles + t[..., None] * edges, _perpendicular_feet(points, triangles)[:, None]], 1)
    squares = ((candidates - points[:, None]) ** 2).sum(-1)
    return candidates[np.arange(len(points)), np.nan_to_num(squares, nan=np.inf).argmin(1)]


def _perpendicular_feet(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Feet of the perpendiculars on the planes, ``(N, 3)``; NaN where they are outside the triangle."""
    a, u, v = triangles[:, 0], triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    uu, uv, vv = (np.einsum("nc,nc->n", x, y) for x, y in ((u, u), (u, v), (v, v)))
    pu, pv = (np.einsum("nc,nc->n", points - a, x) for x in (u, v))
    area = uu * vv - uv**2
    with np.errstate(divide="ignore", invalid="ignore"):
        s, t = (vv * pu - uv * pv) / area, (uu * pv - uv * pu) / area
    inside = (area > 0) & (s >= 0) & (t >= 0) & (s + t <= 1)
    return np.where(inside[:, None], a + s[:, None] * u + t[:, None] * v, np.nan)


class Surface:
    """A triangle mesh, indexed for exact closest-point queries.

    Triangles of about one size share a KD-tree of their centroids. A triangle can only be closer than the best so far
    if its centroid is closer than that plus the triangle's radius, so that few of them are looked at.

    Args:
        verts: ``(V, 3)``.
        faces: Corner indices, ``(F, 3)``.

    Raises:
        ValueError: There is no triangle, a shape is wrong, or a coordinate is not finite.
    """

    def __init__(self, verts: np.ndarray, faces: np.ndarray) -> None:
        verts, faces = np.asarray(verts, dtype=np.float64), np.asarray(faces, dtype=np.int64)
        if verts.ndim != 2 or verts.shape[1] != 3 or faces.ndim != 2 or faces.shape[1] != 3 or not len(faces):
            raise ValueError(
                f"a surface needs verts (V, 3) and at least one face (F, 3), got {verts.shape}, {faces.shape}"
            )
        if not np.isfinite(verts).all():
            raise ValueError("a surface needs finite vertices")
        self.triangles = verts[faces]
        centroids = self.triangles.mean(1)
        radii = np.linalg.norm(self.triangles - centroids[:, None], axis=-1).max(1)
        octave = np.floor(np.log2(np.maximum(radii, np.finfo(float).tiny)))
        self._groups = []
        for size in np.unique(octave):
            members = np.flatnonzero(octave == size)
            self._groups.append((cKDTree(centroids[members]), members, radii[members].max()))
        self._groups.sort(key=lambda group: -len(group[1]))

    def normals(self) -> np.ndarray:
        """Unit normals of the triangles, ``(F, 3)``; zero for those without an area."""
        cross = np.cross(self.triangles[:, 1] - self.triangles[:, 0], self.triangles[:, 2] - self.triangles[:, 0])
        length = np.linalg.norm(cross, axis=1, keepdims=True)
        return np.divide(cross, length, out=np.zeros_like(cross), where=length > 0)

    def closest(self, points: np.ndarray) -> ClosestPoints:
        """The closest surface points to ``(N, 3)`` points."""
        points = np.asarray(points, dtype=np.float64).reshape(-1, 3)
        count = len(points)
        best = ClosestPoints(np.full(count, np.inf), np.zeros((count, 3)), np.zeros(count, dtype=np.int64))
        for tree, members, radius in self._groups:
            open_points, k = np.arange(count), 0
            while len(open_points):
                k = min(max(FIRST_NEIGHBOURS, k * GROWTH), len(members))
                reach = [self._try(points, part, tree, members, k, best) for part in _parts(open_points, k)]
                done = (np.concatenate(reach) - radius >= best.distances[open_points]) | (k == len(members))
                open_points = open_points[~done]
        return best

    def _try(
        self, points: np.ndarray, which: np.ndarray, tree: cKDTree, members: np.ndarray, k: int, best: ClosestPoints
    ) -> np.ndarray:
        """Improve ``best`` by the k triangles nearest to some points; returns how far away the k-th centroid is."""
        reach, found = tree.query(points[which], k=np.arange(1, k + 1))
        faces = members[found]
        pairs = np.repeat(points[which], k, axis=0)
        feet = closest_on_triangles(pairs, self.triangles[faces.ravel()]).reshape(len(which), k, 3)
        distances = np.linalg.norm(feet - points[which, None], axis=-1)
        row, nearest = np.arange(len(which)), distances.argmin(1)
        better = distances[row, nearest] < best.distances[which]
        row, nearest, target = row[better], nearest[better], which[better]
        best.distances[target] = distances[row, nearest]
        best.points[target] = feet[row, nearest]
        best.faces[target] = faces[row, nearest]
        return reach[:, -1]


def _parts(indices: np.ndarray, k: int) -> Iterator[np.ndarray]:
    step = max(MAX_PAIRS // k, 1)
    return (indices[start : start + step] for start in range(0, len(indices), step))
