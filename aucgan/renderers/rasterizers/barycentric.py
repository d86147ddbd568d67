"""Barycentric coordinates of pixels and the interpolation of vertex attributes, differentiable."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import reduce
from operator import add
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.rasterizers.columns import columns_of, from_columns
from aucgan.renderers.rasterizers.fragments import CoveredPixels

Corners = Sequence[Tensor] | Tensor
"""A coordinate of the three corners of faces, ``(N,)`` each."""


@dataclass(frozen=True)
class FacePlanes:
    """Barycentrics and depth of faces as linear functions of the pixel; every array is ``(N,)``.

    With (u, v) the pixel relative to corner 0: b1 = b1_dx u + b1_dy v, b2 likewise, z = z0 + z1 b1 + z2 b2.
    """

    x0: Tensor
    y0: Tensor
    b1_dx: Tensor
    b1_dy: Tensor
    b2_dx: Tensor
    b2_dy: Tensor
    z0: Tensor
    z1: Tensor
    z2: Tensor

    @classmethod
    def through(cls, x: Corners, y: Corners, z: Corners) -> FacePlanes:
        """The planes through three corners in pixels, tensors of N elements; a degenerate face gets slopes of 0."""
        x1, x2, y1, y2 = x[1] - x[0], x[2] - x[0], y[1] - y[0], y[2] - y[0]
        inverse = (x1 * y2 - x2 * y1).reciprocal_().nan_to_num_(0.0, 0.0, 0.0)
        slopes = (y2 * inverse, x2.neg_() * inverse, y1.neg_() * inverse, x1 * inverse)
        return cls(*(part.reshape(-1) for part in (x[0], y[0], *slopes, z[0], z[1] - z[0], z[2] - z[0])))

    def depth_slopes(self) -> tuple[Tensor, Tensor]:
        """Change of depth per pixel to the right and down, each ``(N,)``."""
        along_x = torch.addcmul(self.z1 * self.b1_dx, self.z2, self.b2_dx)
        return along_x, torch.addcmul(self.z1 * self.b1_dy, self.z2, self.b2_dy)

    def to(self, device: torch.device) -> FacePlanes:
        """The same on another device."""
        return FacePlanes(*(getattr(self, field.name).to(device) for field in fields(self)))

    def barycentrics(self, x: Tensor, y: Tensor, face: Tensor) -> Tensor:
        """Barycentrics ``(P, 3)`` of pixel centres on faces ``(P,)``."""
        u, v = _at_random(self.x0, face), _at_random(self.y0, face)
        torch.sub(x, u, out=u), torch.sub(y, v, out=v)
        b1 = _at_random(self.b1_dx, face).mul_(u).addcmul_(_at_random(self.b1_dy, face), v)
        b2 = _at_random(self.b2_dx, face).mul_(u).addcmul_(_at_random(self.b2_dy, face), v)
        bary = x.new_empty(len(x), 3)
        bary[:, 1], bary[:, 2] = b1, b2
        bary[:, 0] = b1.add_(b2).neg_().add_(1)
        return bary

    def depth(self, bary: Tensor, face: Tensor) -> Tensor:
        """Depth ``(P,)`` at barycentrics ``(P, 3)`` of faces ``(P,)``."""
        depth = self.z0.index_select(0, face)
        return depth.addcmul_(self.z1.index_select(0, face), bary[:, 1]).addcmul_(
            self.z2.index_select(0, face), bary[:, 2]
        )


def _at_random(table: Tensor, index: Tensor) -> Tensor:
    """Elements of a table in no order; one in the cache takes half the time, and a copy in order gets it there."""
    if table.device.type == "cpu" and len(index) > len(table):
        table = table.clone()
    return table.index_select(0, index)


@dataclass(frozen=True)
class _Located:
    """What the gradient of barycentrics needs to know."""

    planes: FacePlanes
    plane: Tensor
    faces: Tensor
    covered: CoveredPixels


class _VertexGradient(torch.autograd.Function):
    """Attaches gradients with respect to the vertices to known barycentrics and depths.

    Moving corner j by d changes b_k at a fixed pixel by -b_j (grad b_k . d).
    """

    @staticmethod
    def forward(ctx: Any, verts: Tensor, located: _Located) -> tuple[Tensor, Tensor]:
        ctx.save_for_backward(verts)
        ctx.located = located
        return located.covered.bary.clone(), located.covered.depth.clone()

    @staticmethod
    def backward(ctx: Any, grad_bary: Tensor, grad_depth: Tensor) -> tuple[Tensor, None]:
        (verts,), located = ctx.saved_tensors, ctx.located
        planes, plane, covered = located.planes, located.plane, located.covered
        corners = covered.corners(located.faces, verts.shape[1]).flatten()
        flat = verts.reshape(-1, 3)
        z = flat[:, 2].contiguous().index_select(0, corners).view(-1, 3)
        g0, g1, g2 = (g + grad_depth * z for g, z in zip(columns_of(grad_bary), columns_of(z), strict=True))
        g1, g2 = g1 - g0, g2 - g0
        pixels_per_unit = min(covered.shape[1:]) / 2
        along_x = g1 * planes.b1_dx.index_select(0, plane) + g2 * planes.b2_dx.index_select(0, plane)
        along_y = g1 * planes.b1_dy.index_select(0, plane) + g2 * planes.b2_dy.index_select(0, plane)
        move = [along_x * -pixels_per_unit, along_y * -pixels_per_unit, grad_depth]
        moved = scatter_rows(move, corners.view(-1, 3), covered.bary, len(flat))
        return moved.view(verts.shape), None


def with_vertex_gradient(
    verts: Tensor, faces: Tensor, covered: CoveredPixels, planes: FacePlanes, plane: Tensor
) -> CoveredPixels:
    """Make barycentrics and depth of covered pixels differentiable in the vertices.

    Args:
        verts: ``(B, V, 3)`` in image space.
        faces: ``(F, 3)`` or ``(B, F, 3)``.
        covered: Pixels computed outside autograd.
        planes: Planes of some faces.
        plane: Which of these planes each pixel lies on, ``(P,)``.

    Returns:
        ``covered`` itself when no gradient is wanted.
    """
    if not (torch.is_grad_enabled() and verts.requires_grad):
        return covered
    bary, depth = _VertexGradient.apply(verts, _Located(planes, plane, faces, covered))
    return CoveredPixels(covered.shape, covered.pixel, covered.face, bary, depth)


def pixels_on_faces(verts: Tensor, faces: Tensor, shape: tuple, pixel: Tensor, face: Tensor) -> CoveredPixels:
    """Complete known (pixel, face) pairs with barycentrics and depths that carry gradients.

    Args:
        verts: ``(B, V, 3)`` in image space.
        faces: ``(F, 3)`` or ``(B, F, 3)``.
        shape: ``(B, H, W)``.
        pixel: Flat pixel indices, ``(P,)``, ascending.
        face: Faces within their sample, ``(P,)``.

    Returns:
        The covered pixels.
    """
    _, height, width = shape
    with torch.no_grad():
        bare = CoveredPixels(shape, pixel, face, verts.new_empty(0), verts.new_empty(0))
        corners = bare.corners(faces, verts.shape[1]).t()
        flat = verts.detach().reshape(-1, 3)
        planes = FacePlanes.through(*(axis[corners] for axis in (*image_to_pixels(flat, (height, width)), flat[:, 2])))
        line = torch.div(pixel, width, rounding_mode="floor")
        plane = torch.arange(len(pixel), device=pixel.device)
        x, y = (pixel - line * width).to(flat.dtype), (line % height).to(flat.dtype)
        bary = planes.barycentrics(x, y, plane)
        covered = CoveredPixels(shape, pixel, face, bary, planes.depth(bary, plane))
    return with_vertex_gradient(verts, faces, covered, planes, plane)


def scatter_rows(columns: list[Tensor], index: Tensor, weight: Tensor, size: int) -> Tensor:
    """The transpose of :func:`interpolate_rows`; one 1-D scatter per column and corner, the fastest form there is.

    Args:
        columns: C columns of values, each ``(P,)``.
        index: ``(P, K)``.
        weight: ``(P, K)``.
        size: Rows of the result.

    Returns:
        ``(size, C)``: the sum of ``weight[p, k] * values[p]`` at every ``index[p, k]``.
    """
    out = weight.new_zeros(len(columns), size)
    for rows, share in zip(columns_of(index), columns_of(weight), strict=True):
        for target, column in zip(out, columns, strict=True):
            target.scatter_add_(0, rows, column * share)
    return out.t()


class _WeightedRows(torch.autograd.Function):
    """sum_k weight[p, k] * table[index[p, k]], without storing the gathered corners."""

    @staticmethod
    def forward(ctx: Any, table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(table, index, weight)
        return weighted_rows(table, index, weight)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, None, Tensor | None]:
        table, index, weight = ctx.saved_tensors
        columns = columns_of(grad)
        grad_table = grad_weight = None
        if ctx.needs_input_grad[0]:
            grad_table = scatter_rows(columns, index, weight, len(table))
        if ctx.needs_input_grad[2]:
            sums = [torch.zeros_like(columns[0]) for _ in range(index.shape[1])]
            rows = columns_of(index)
            for values, column in zip(columns_of(table), columns, strict=True):
                for target, at in zip(sums, rows, strict=True):
                    target.addcmul_(values.index_select(0, at), column)
            grad_weight = from_columns(sums)
        return grad_table, None, grad_weight


def weighted_rows(table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """The forward of :func:`interpolate_rows`, with a plain sum where ``embedding_bag`` is missing."""
    if table.device.type in ("cpu", "cuda") and table.dtype in (torch.float32, torch.float64):
        return F.embedding_bag(index, table, per_sample_weights=weight.to(table.dtype), mode="sum")
    return reduce(add, (table.index_select(0, index[:, k]) * weight[:, k, None] for k in range(index.shape[1])))


def interpolate_rows(table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """Weighted sums of table rows: barycentric interpolation on covered pixels.

    Args:
        table: Attributes, ``(N, C)``.
        index: Rows to combine, ``(P, K)`` int64.
        weight: Their weights, ``(P, K)``.

    Returns:
        ``(P, C)``, differentiable in the table and the weights.
    """
    if torch.is_grad_enabled() and (table.requires_grad or weight.requires_grad):
        return _WeightedRows.apply(table, index, weight)
    return weighted_rows(table, index, weight)
