"""How far a smooth skin rises over the flat triangles that stand for it."""

from __future__ import annotations

import numpy as np

from aucgan.heads.uv_masks import MASK_SIZE, draw_in_uv


def roundness(verts: np.ndarray, faces: np.ndarray, uv_triangles: np.ndarray, chosen: np.ndarray) -> np.ndarray:
    """Displacement along the normal that rounds the triangles, exact for quadratic surfaces.

    A point of a triangle is half as far below the smooth surface as below the tangent planes of the corners, in their
    weighted mean.

    Args:
        verts: ``(V, 3)`` metres.
        faces: ``(F, 3)``; normals are those of the whole mesh.
        uv_triangles: UV corners, v up, ``(F, 3, 2)``.
        chosen: Mask of the triangles that are rounded, ``(F,)``.

    Returns:
        Metres, 0 elsewhere, ``(256, 256)`` float32; row 0 is v = 1.
    """
    corners, normals = verts[faces[chosen]], _normals(verts, faces)[faces[chosen]]
    weights = np.broadcast_to(np.eye(3), (len(corners), 3, 3))
    number = np.broadcast_to(np.arange(len(corners))[:, None, None], (len(corners), 3, 1))
    drawn, covered = draw_in_uv(uv_triangles[chosen], np.concatenate([weights, number], axis=-1), MASK_SIZE)
    weight, triangle = drawn[covered][:, :3], np.round(drawn[covered][:, 3]).astype(int)
    place = np.einsum("nk,nkc->nc", weight, corners[triangle])
    below = ((corners[triangle] - place[:, None]) * normals[triangle]).sum(-1)  # the planes over the point, (N, 3)
    height = np.zeros((MASK_SIZE, MASK_SIZE), np.float32)
    height[covered] = 0.5 * (weight * below).sum(1)
    return height


def _normals(verts: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Unit vertex normals, weighted by area, ``(V, 3)``."""
    a, b, c = (verts[faces[:, k]] for k in range(3))
    normals = np.zeros_like(verts)
    for k in range(3):
        np.add.at(normals, faces[:, k], np.cross(b - a, c - a))
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
