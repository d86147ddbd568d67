"""Where each UV texel lies on the template head: what looks and wrinkles are painted by."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

INSIDE_TOLERANCE = 1e-6
"""Barycentric slack that closes the seams between neighbouring triangles."""


@dataclass(frozen=True)
class TexelMap:
    """Template geometry in UV, row 0 at v = 1.

    Attributes:
        position: Template position of every texel, ``(S, S, 3)`` float32 metres; texels outside the charts repeat
            their nearest neighbour inside, so that filtering across a border finds sensible values.
        normal: Unit surface normal, ``(S, S, 3)`` float32.
        face: UV triangle of the texel, ``(S, S)`` int64, also continued outside the charts.
        inside: True where a chart covers the centre of the texel, ``(S, S)``.
    """

    position: np.ndarray
    normal: np.ndarray
    face: np.ndarray
    inside: np.ndarray


def _candidates(corners: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Triangle, row and column of every texel in the bounding boxes of the triangles ``(F, 3, 2)`` (texel units)."""
    low = np.clip(np.floor(corners.min(1) - 0.5), 0, size - 1).astype(np.int64)
    high = np.clip(np.ceil(corners.max(1) - 0.5), 0, size - 1).astype(np.int64)
    spans = high - low + 1
    counts = spans[:, 0] * spans[:, 1]
    face = np.repeat(np.arange(len(corners)), counts)
    local = np.arange(len(face)) - np.repeat(np.cumsum(counts) - counts, counts)
    width = spans[face, 0]
    return face, low[face, 1] + local // width, low[face, 0] + local % width


def _barycentric(points: np.ndarray, corners: np.ndarray) -> np.ndarray:
    """Barycentric coordinates ``(N, 3)`` of 2D points in one triangle each."""
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    area = (b[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])
    area = np.where(np.abs(area) < 1e-12, np.nan, area)  # nan: a degenerate triangle covers nothing
    w_b = ((points[:, 0] - a[:, 0]) * (c[:, 1] - a[:, 1]) - (points[:, 1] - a[:, 1]) * (c[:, 0] - a[:, 0])) / area
    w_c = ((b[:, 0] - a[:, 0]) * (points[:, 1] - a[:, 1]) - (b[:, 1] - a[:, 1]) * (points[:, 0] - a[:, 0])) / area
    return np.stack([1 - w_b - w_c, w_b, w_c], axis=1)


def rasterize_uv(uv_coords: np.ndarray, uv_faces: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Which UV triangle covers each texel centre, and where in it.

    Args:
        uv_coords: ``(VT, 2)`` in [0, 1], v up.
        uv_faces: ``(F, 3)`` rows of ``uv_coords``.
        size: Edge of the square map in texels.

    Returns:
        Triangle per texel ``(S, S)`` int64, −1 where none, and its barycentric coordinates ``(S, S, 3)``.
    """
    scaled = np.stack([uv_coords[:, 0], 1.0 - uv_coords[:, 1]], axis=1).astype(np.float64) * size
    corners = scaled[uv_faces]
    face, row, column = _candidates(corners, size)
    bary = _barycentric(np.stack([column + 0.5, row + 0.5], axis=1), corners[face])
    hit = (bary >= -INSIDE_TOLERANCE).all(axis=1)
    face_map = np.full((size, size), -1, dtype=np.int64)
    bary_map = np.zeros((size, size, 3))
    face_map[row[hit], column[hit]] = face[hit]
    bary_map[row[hit], column[hit]] = bary[hit]
    return face_map, bary_map


def vertex_normals(vertices: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Area-weighted unit normals ``(V, 3)`` of a mesh."""
    a, b, c = (vertices[faces[:, k]] for k in range(3))
    face_normals = np.cross(b - a, c - a)
    normals = np.zeros_like(vertices)
    for k in range(3):
        np.add.at(normals, faces[:, k], face_normals)
    return normals / np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)


def build_texel_map(
    vertices: np.ndarray, faces: np.ndarray, uv_coords: np.ndarray, uv_faces: np.ndarray, size: int
) -> TexelMap:
    """Carry the template's geometry to a UV map of ``size`` texels a side."""
    face_map, bary = rasterize_uv(uv_coords, uv_faces, size)
    inside = face_map >= 0
    nearest = ndimage.distance_transform_edt(~inside, return_distances=False, return_indices=True)
    face_map, bary = face_map[tuple(nearest)], bary[tuple(nearest)]

    def carried(attribute: np.ndarray) -> np.ndarray:
        return np.einsum("ijk,ijkc->ijc", bary, attribute[faces[face_map]]).astype(np.float32)

    vertices = vertices.astype(np.float64)
    normal = carried(vertex_normals(vertices, faces))
    normal /= np.maximum(np.linalg.norm(normal, axis=-1, keepdims=True), 1e-6)
    return TexelMap(carried(vertices), normal, face_map, inside)
