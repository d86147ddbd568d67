"""Normals of meshes and of regular grids of points."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.renderers.fixed_map import FixedMap

NORMAL_EPS = 1e-6
"""Least length a vector is divided by when it is normalised."""


def cross_columns(a: Tensor, b: Tensor, dim: int) -> Tensor:
    """Cross product along ``dim``; written out, since ``torch.linalg.cross`` is slow on strided views."""
    ax, ay, az = a.unbind(dim)
    bx, by, bz = b.unbind(dim)
    return torch.stack([ay * bz - az * by, az * bx - ax * bz, ax * by - ay * bx], dim)


def unit_columns(vectors: Tensor, dim: int) -> Tensor:
    """Vectors along ``dim`` (of size 3) over their lengths; ``F.normalize`` is 30 times slower on such layouts."""
    x, y, z = vectors.unbind(dim)
    length = (x * x + y * y + z * z).clamp(min=NORMAL_EPS**2).sqrt()
    return vectors / length.unsqueeze(dim)


class VertexNormals(nn.Module):
    """Vertex normals of a fixed topology: area-weighted face normals, summed and normalised.

    Args:
        faces: ``(F, 3)`` int64, counter-clockwise from outside.
        num_verts: Number of vertices V, at least those that the faces name; meshes may have more at their end, which
            get the normal 0.
    """

    def __init__(self, faces: Tensor, num_verts: int) -> None:
        super().__init__()
        corner = faces.t().reshape(-1)
        ones = torch.ones(len(corner), device=faces.device)
        face = torch.arange(len(faces), device=faces.device).repeat(3)
        rows = torch.arange(len(corner), device=faces.device)
        self.corners = FixedMap(rows, corner, ones, len(corner), num_verts)
        self.faces_to_verts = FixedMap(corner, face, ones, num_verts, len(faces))

    def forward(self, verts: Tensor) -> Tensor:
        """Unit normals ``(B, V, 3)`` of vertices ``(B, V, 3)``."""
        batch, num_verts = len(verts), self.corners.num_sources
        beyond = verts.shape[1] - num_verts
        columns = verts.permute(1, 2, 0)[:num_verts].reshape(num_verts, 3 * batch)
        a, b, c = self.corners(columns).view(3, -1, 3, batch).unbind(0)
        face_normals = cross_columns(b - a, c - a, dim=1)
        summed = self.faces_to_verts(face_normals.flatten(1)).view(num_verts, 3, batch)
        normals = unit_columns(summed, dim=1).permute(2, 0, 1)
        return torch.cat([normals, normals.new_zeros(batch, beyond, 3)], 1) if beyond > 0 else normals


def vertex_normals(verts: Tensor, faces: Tensor) -> Tensor:
    """As :class:`VertexNormals`, for faces that are used once.

    Args:
        verts: ``(B, V, 3)``.
        faces: ``(F, 3)``.

    Returns:
        Unit normals, ``(B, V, 3)``.
    """
    a, b, c = (verts[:, faces[:, corner]] for corner in range(3))
    face_normals = cross_columns(b - a, c - a, dim=2)
    summed = torch.zeros_like(verts)
    for corner in range(3):
        summed = summed.index_add(1, faces[:, corner], face_normals)
    return unit_columns(summed, dim=2)


def grid_normals(points: Tensor, valid: Tensor | None = None) -> Tensor:
    """Vertex normals of the mesh that joins neighbouring texels of a position map.

    Each cell of four texels is cut along the diagonal that :func:`aucgan.renderers.dense_grid.grid_faces` uses, and
    normals are summed with slices instead of index lists: the same numbers, about 10 times faster.

    Args:
        points: Position map, ``(B, 3, H, W)``; row 0 is v = 1.
        valid: Texels that carry a surface, broadcastable to ``(B, 1, H, W)`` in {0, 1}; triangles with any other
            corner are left out. ``None``: all.

    Returns:
        Unit normals ``(B, 3, H, W)``; 0 where no triangle touches the texel.
    """
    top_left, top_right = points[..., :-1, :-1], points[..., :-1, 1:]
    low_left, low_right = points[..., 1:, :-1], points[..., 1:, 1:]
    diagonal = low_left - top_right
    upper = cross_columns(top_left - top_right, diagonal, dim=1)
    lower = cross_columns(diagonal, low_right - top_right, dim=1)
    if valid is not None:
        both = valid[..., :-1, 1:] * valid[..., 1:, :-1]
        upper = upper * (both * valid[..., :-1, :-1])
        lower = lower * (both * valid[..., 1:, 1:])
    pair = upper + lower
    summed = F.pad(upper, (0, 1, 0, 1)) + F.pad(pair, (1, 0, 0, 1)) + F.pad(pair, (0, 1, 1, 0))
    return unit_columns(summed + F.pad(lower, (1, 0, 1, 0)), dim=1)
