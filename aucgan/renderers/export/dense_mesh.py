"""The displaced mesh at the resolution of the UV grid.

The triangles of the head are subdivided, not the texels joined: vertices on a UV seam stay one vertex, so the dense
mesh is as watertight as the head, and no triangle spans the border of an island.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

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
    for _ in range(levels):
        faces, edges = subdivide(faces, len(points))
        uv_faces, uv_edges = subdivide(uv_faces, len(uv_coords))
        points, normals = (np.concatenate([a, a[edges].mean(1)]) for a in (points, normals))
        uv_coords = np.concatenate([uv_coords, uv_coords[uv_edges].mean(1)])
    normals = normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), NORMAL_EPS)
    moved = _height_per_vertex(height, uv_coords, faces, uv_faces, len(points))
    return DenseMesh(points + moved[:, None] * normals, faces, uv_coords, uv_faces)


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


def _height_per_vertex(
    height: np.ndarray, uv_coords: np.ndarray, faces: np.ndarray, uv_faces: np.ndarray, num_verts: int
) -> np.ndarray:
    """Bilinear height at every vertex, averaged over its UV copies, ``(V,)``."""
    size = len(height)
    at = np.stack([(1 - uv_coords[:, 1]) * size - 0.5, uv_coords[:, 0] * size - 0.5])
    per_uv = map_coordinates(height, at, order=1, mode="nearest")
    pairs = np.unique(np.stack([faces.ravel(), uv_faces.ravel()], 1), axis=0)
    total = np.bincount(pairs[:, 0], per_uv[pairs[:, 1]], num_verts)
    return total / np.maximum(np.bincount(pairs[:, 0], minlength=num_verts), 1)
