"""Barycentric coordinates of pixels and the interpolation of vertex attributes, differentiable."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.fragments import CoveredPixels


def barycentric_coords(corners: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Barycentric coordinates of points in 2D triangles.

    Args:
        corners: x and y of the three corners, each ``(P, 3)``, stacked as ``(2, P, 3)``.
        x: ``(P,)``.
        y: ``(P,)``.

    Returns:
        ``(P, 3)``; sums to 1 exactly up to one rounding. A degenerate triangle gives (1, 0, 0).
    """
    dx, dy = corners[0] - x[:, None], corners[1] - y[:, None]
    (x0, x1, x2), (y0, y1, y2) = dx.unbind(1), dy.unbind(1)
    w1, w2 = x2 * y0 - x0 * y2, x0 * y1 - x1 * y0
    area = x1 * y2 - x2 * y1 + w1 + w2
    flat = area == 0
    inverse = torch.where(flat, torch.zeros_like(area), 1 / area.masked_fill(flat, 1.0))
    b1, b2 = w1 * inverse, w2 * inverse
    return torch.stack([1 - b1 - b2, b1, b2], dim=1)


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
    bare = CoveredPixels(shape, pixel, face, verts.new_empty(0), verts.new_empty(0))
    corner_rows = bare.corners(faces, verts.shape[1])
    row = torch.div(pixel, width, rounding_mode="floor")
    at_x, at_y = pixel - row * width, row % height
    px, py = image_to_pixels(verts.reshape(-1, 3), (height, width))
    x, y, z = (take_rows(axis, corner_rows) for axis in (px, py, verts.reshape(-1, 3)[:, 2]))
    bary = barycentric_coords(torch.stack([x, y]), at_x.to(verts.dtype), at_y.to(verts.dtype))
    return CoveredPixels(shape, pixel, face, bary, (bary * z).sum(1))


def take_rows(values: Tensor, index: Tensor) -> Tensor:
    """``values[index]`` of a 1-D table (P, 3 indices), with the fast gather of ``index_select``."""
    return values.index_select(0, index.flatten()).view(index.shape)


class _WeightedRows(torch.autograd.Function):
    """sum_k weight[p, k] * table[index[p, k]], without storing the gathered corners."""

    @staticmethod
    def forward(ctx, table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
        ctx.save_for_backward(table, index, weight)
        return weighted_rows(table, index, weight)

    @staticmethod
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, None, Tensor | None]:
        table, index, weight = ctx.saved_tensors
        grad_table = grad_weight = None
        if ctx.needs_input_grad[0]:
            spread = (grad[:, None] * weight[..., None]).flatten(0, 1)
            grad_table = torch.zeros_like(table).index_add_(0, index.flatten(), spread)
        if ctx.needs_input_grad[2]:
            rows = [(table.index_select(0, index[:, k]) * grad).sum(1) for k in range(index.shape[1])]
            grad_weight = torch.stack(rows, dim=1)
        return grad_table, None, grad_weight


def weighted_rows(table: Tensor, index: Tensor, weight: Tensor) -> Tensor:
    """The forward of :func:`interpolate_rows`, with a plain sum where ``embedding_bag`` is missing."""
    if table.device.type in ("cpu", "cuda") and table.dtype in (torch.float32, torch.float64):
        return F.embedding_bag(index, table, per_sample_weights=weight.to(table.dtype), mode="sum")
    return sum(table.index_select(0, index[:, k]) * weight[:, k, None] for k in range(index.shape[1]))


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
