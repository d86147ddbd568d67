"""The displaced mesh at the resolution of the UV grid.

The triangles of the head are subdivided, not the texels joined: vertices on a UV seam stay one vertex, so the dense
mesh is as watertight as the head, and no triangle spans the border of an island.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from scipy.ndimage import map_coordinates
from torch import Tensor

from aucgan.renderers.export.arrays import TexturedTriangles, area_normals, mesh_arrays, to_numpy
from aucgan.renderers.normals import NORMAL_EPS
from aucgan.renderers.rasterizers.unique_rows import unique_rows


@dataclass(frozen=True)
class DenseMesh:
    """A mesh with its own UV layout.

    Attributes:
        verts: ``(V, 3)`` float64, metres.
        faces: ``(F, 3)`` int64.
        uv_coords: ``(VT, 2)`` in [0, 1], v up.
        uv_faces: ``(F, 3)`` int64.
    """

    verts: np.ndarray
    faces: np.ndarray
    uv_coords: np.ndarray
    uv_faces: np.ndarray


def displaced_mesh(
    verts: Tensor | np.ndarray,
    topology: TexturedTriangles,
    displacement: Tensor | np.ndarray,
    levels: int | None = None,
) -> DenseMesh:
    """Subdivide a mesh and move its vertices along the smooth normals of the coarse one.

    Args:
        verts: Coarse vertices in metres, ``(V, 3)``.
        topology: Its triangles and UV layout.
        displacement: Height in metres, ``(S, S)`` or ``(1, S, S)``, masked and dilated over the borders of the UV
            islands (``SRenderY.displacement``).
        levels: Times every triangle is cut in four; ``None``: until there are as many triangles as the UV grid
            has in the area the mesh covers.

    Returns:
        The dense mesh. A vertex with several UV copies moves by their mean height.

    Raises:
        ValueError: The map is not square, or the mesh is no mesh.
    """
    height = to_numpy(displacement).astype(np.float64)
    height = height[0] if height.ndim == 3 and height.shape[0] == 1 else height
    if height.ndim != 2 or height.shape[0] != height.shape[1]:
        raise ValueError(f"displacement must be (S, S), got {height.shape}")
    points, faces, uv_coords, uv_faces = mesh_arrays(verts, topology)
    normals = area_normals(points, faces)
    if levels is None:
        levels = matching_levels(uv_coords, uv_faces, len(height))
    triangles = (np.asarray(a, np.int64).tobytes() for a in (faces, uv_faces))
    cut = _cuts(*triangles, len(points), len(uv_coords), levels)
    for edges, uv_edges in cut.edges:
        points, normals = (np.concatenate([a, a[edges].mean(1)]) for a in (points, normals))
        uv_coords = np.concatenate([uv_coords, uv_coords[uv_edges].mean(1)])
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), NORMAL_EPS)
    moved = _height_per_vertex(height, uv_coords, cut.pairs, len(points))
    return DenseMesh(points + moved[:, None] * normals, cut.faces.copy(), uv_coords, cut.uv_faces.copy())


@dataclass(frozen=True)
class _Cuts:
    """What cutting the triangles of a head comes to, whatever the face.

    Attributes:
        faces: All triangles in the end, ``(F, 3)``.
        uv_faces: The same on the UV chart.
        edges: For each time the ends of the edges that got a vertex, on the mesh and on the chart, ``(E, 2)`` both.
        pairs: Vertices with their UV vertices, each pair once, ``(P, 2)``.
    """

    faces: np.ndarray
    uv_faces: np.ndarray
    edges: list[tuple[np.ndarray, np.ndarray]]
    pairs: np.ndarray


@lru_cache(maxsize=2)
def _cuts(faces: bytes, uv_faces: bytes, num_verts: int, num_uv: int, levels: int) -> _Cuts:
    """Cut in four, ``levels`` times; remembered, as all faces of a run have one head."""
    on_mesh, on_chart = (np.frombuffer(content, np.int64).reshape(-1, 3) for content in (faces, uv_faces))
    edges = []
    for _ in range(levels):
        on_mesh, new = subdivide(on_mesh, num_verts)
        on_chart, new_uv = subdivide(on_chart, num_uv)
        num_verts, num_uv = num_verts + len(new), num_uv + len(new_uv)
        edges.append((new, new_uv))
    pairs = np.unique(np.stack([on_mesh.ravel(), on_chart.ravel()], 1), axis=0)
    return _Cuts(on_mesh, on_chart, edges, pairs)


def matching_levels(uv_coords: np.ndarray, uv_faces: np.ndarray, size: int) -> int:
    """Subdivisions after which triangles are no larger than half a texel on average."""
    a, b, c = (uv_coords[uv_faces[:, corner]] for corner in range(3))
    u, v = b - a, c - a
    area = np.abs(u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).sum() / 2
    wanted = 2 * area * size * size
    return max(0, round(math.log(max(wanted / max(len(uv_faces), 1), 1), 4)))


def subdivide(faces: np.ndarray, num_verts: int) -> tuple[np.ndarray, np.ndarray]:
    """Cut every triangle in four at the middles of its sides.

    Args:
        faces: ``(F, 3)``.
        num_verts: Vertices so far.

    Returns:
        New faces ``(4 F, 3)``, and the two ends of every edge ``(E, 2)``: vertex ``num_verts + e`` is the middle of
        edge e.
    """
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, which = unique_rows(sides)
    middle = which.reshape(-1, 3) + num_verts
    (a, b, c), (ab, bc, ca) = faces.T, middle.T
    children = [[a, ab, ca], [ab, b, bc], [ca, bc, c], [ab, bc, ca]]
    return np.array(children).transpose(2, 0, 1).reshape(-1, 3), edges


def _height_per_vertex(height: np.ndarray, uv_coords: np.ndarray, pairs: np.ndarray, num_verts: int) -> np.ndarray:
    """Bilinear height at every vertex, averaged over its UV copies, ``(V,)``."""
    size = len(height)
    at = np.stack([(1 - uv_coords[:, 1]) * size - 0.5, uv_coords[:, 0] * size - 0.5])
    per_uv = map_coordinates(height, at, order=1, mode="nearest")
    total = np.bincount(pairs[:, 0], per_uv[pairs[:, 1]], num_verts)
    return total / np.maximum(np.bincount(pairs[:, 0], minlength=num_verts), 1)
