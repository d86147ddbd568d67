"""A span rasterizer in plain tensor operations.

Every face becomes two trapezoids, above and below its middle corner, every trapezoid one span of pixels per row,
every span its pixels. A span runs from the ceiling of its left edge to the ceiling of its right edge, and rows from
the ceiling of the upper to the ceiling of the lower corner: that *is* the top-left rule. An edge's crossing with a
row is computed from the edge's own end points in the order of their y, so both faces that share it get the same
number and together cover each pixel exactly once. Cost: O(B F + rows + fragments + B H W).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.barycentric import FacePlanes, with_vertex_gradient
from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.columns import from_columns
from aucgan.renderers.fragments import CoveredPixels
from aucgan.renderers.rasterizer import Rasterizer, check_mesh

FARTHEST = torch.iinfo(torch.int64).max
"""Depth key of an empty pixel."""

CACHED_FACES = 32_000
"""Faces a CPU handles at a time, so that its intermediate arrays stay in the cache."""


class _Candidates(NamedTuple):
    """The K faces that may touch a pixel centre; face-major, so that ties go to the lower face."""

    face: Tensor  # within its sample, (K,)
    image: Tensor  # (K,)
    x: Tensor  # (3, K) pixels
    y: Tensor
    z: Tensor


class _Spans(NamedTuple):
    """One span of pixels per row of a trapezoid, all ``(R,)``, in the order of their faces."""

    candidate: Tensor
    first_pixel: Tensor
    length: Tensor
    depth: Tensor  # at the first pixel
    depth_dx: Tensor


@RENDERERS.register_module()
class TorchRasterizer(Rasterizer):
    """The default rasterizer: pure PyTorch, watertight, any device, any picture size.

    Args:
        image_size: Side of a square picture, or ``(H, W)``.
        cull_backfaces: Drop faces that turn away from the viewer (about half of a closed mesh).
        near: Drop points with a smaller image-space z, as if behind the camera; ``None`` keeps all.
    """

    def __init__(
        self,
        image_size: int | tuple[int, int] = 224,
        cull_backfaces: bool = False,
        near: float | None = None,
    ) -> None:
        super().__init__(image_size)
        self.cull_backfaces = cull_backfaces
        self.near = near

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments."""
        check_mesh(verts, faces)
        if verts.dtype not in (torch.float32, torch.float64):
            verts = verts.float()
        step = len(verts)
        if verts.device.type == "cpu":
            step = max(1, CACHED_FACES // max(faces.shape[-2], 1))
        parts = [
            self._covered(verts[i : i + step], faces if faces.dim() == 2 else faces[i : i + step])
            for i in range(0, len(verts), step)
        ]
        return CoveredPixels.join(parts)

    def _covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels of a few samples at once."""
        with torch.no_grad():
            covered, planes, plane = self._nearest(verts.detach(), faces)
        return with_vertex_gradient(verts, faces, covered, planes, plane)

    def _nearest(self, verts: Tensor, faces: Tensor) -> tuple[CoveredPixels, FacePlanes, Tensor]:
        """Covered pixels, the planes of the candidate faces, and the candidate nearest to each pixel."""
        batch, (height, width) = verts.shape[0], self.image_size
        candidates = _faces_on_screen(verts, faces, self.image_size, self.cull_backfaces)
        planes = FacePlanes.through(candidates.x, candidates.y, candidates.z)
        spans = _spans(candidates, planes, self.image_size)
        pixel, span, depth = _fill(spans, self.near)
        winner = nearest_by_two_passes if verts.device.type == "mps" else nearest_by_key
        line, column, span = winner(pixel, span, depth, batch * height, width)
        plane = spans.candidate.index_select(0, span)
        y = torch.arange(height, device=verts.device, dtype=verts.dtype).repeat(batch).index_select(0, line)
        bary, depth = planes.at(column.to(verts.dtype), y, plane)
        face = candidates.face.index_select(0, plane)
        return CoveredPixels((batch, height, width), line * width + column, face, bary, depth), planes, plane


def _corner_arrays(verts: Tensor, faces: Tensor, size: tuple[int, int]) -> list[Tensor]:
    """x, y (pixels) and z of every face corner, each ``(3, N)``.

    Faces are numbered ``face * B + image`` when shared and ``image * F + face`` otherwise: the first order turns
    the gather into copies of contiguous rows of length B.
    """
    batch, num_verts = verts.shape[:2]
    axes = (*image_to_pixels(verts, size), verts[..., 2])
    if faces.dim() == 2:
        index = faces.t().reshape(-1)
        return [axis.t().contiguous().index_select(0, index).view(3, -1) for axis in axes]
    offset = torch.arange(batch, device=verts.device)[:, None, None] * num_verts
    index = (faces + offset).permute(2, 0, 1).reshape(-1)
    return [axis.reshape(-1).index_select(0, index).view(3, -1) for axis in axes]


def _first_centre(values: Tensor, limit: int) -> Tensor:
    """First pixel centre at or after a coordinate, within ``[0, limit]``."""
    return values.ceil().clamp_(0, limit)


def _extent(axis: Tensor) -> tuple[Tensor, Tensor]:
    """Least and greatest of the three corners."""
    low, high = torch.minimum(axis[0], axis[1]), torch.maximum(axis[0], axis[1])
    return torch.minimum(low, axis[2]), torch.maximum(high, axis[2])


def _faces_on_screen(verts: Tensor, faces: Tensor, size: tuple[int, int], cull: bool) -> _Candidates:
    """Drop faces that cannot own a pixel centre: off screen, too small, NaN, or turned away when ``cull``."""
    x, y, z = _corner_arrays(verts, faces, size)
    rows = [_first_centre(bound, size[0]) for bound in _extent(y)]
    columns = [_first_centre(bound, size[1]) for bound in _extent(x)]
    keep = torch.lt(*rows) & torch.lt(*columns)  # false for NaN
    if cull:
        keep &= (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]) < 0
    number = keep.nonzero().squeeze(1)
    per_group = verts.shape[0] if faces.dim() == 2 else faces.shape[1]
    group = torch.div(number, per_group, rounding_mode="floor")
    rank = number - group * per_group
    face, image = (group, rank) if faces.dim() == 2 else (rank, group)
    return _Candidates(face, image, *(axis.index_select(1, number) for axis in (x, y, z)))


def _sorted_by_y(x: Tensor, y: Tensor) -> tuple[list[Tensor], list[Tensor]]:
    """The corners ``(3, K)`` of each face in ascending y; three compare-and-swap steps."""
    x, y = list(x.unbind(0)), list(y.unbind(0))
    for a, b in ((0, 1), (1, 2), (0, 1)):
        swap = y[a] > y[b]
        x[a], x[b] = torch.where(swap, x[b], x[a]), torch.where(swap, x[a], x[b])
        y[a], y[b] = torch.minimum(y[a], y[b]), torch.maximum(y[a], y[b])
    return x, y


def _expand(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Owner of every unit of int32 ``counts`` and its rank within the owner, each ``(sum(counts),)`` int32."""
    ends = counts.cumsum(0, dtype=torch.int32)
    total = int(ends[-1]) if len(ends) else 0
    owner = torch.repeat_interleave(counts, output_size=total)
    rank = torch.arange(total, device=counts.device, dtype=torch.int32)
    return owner, rank.sub_((ends - counts).index_select(0, owner))


def _pairs(upper: Tensor, lower: Tensor) -> Tensor:
    """Interleave the values of upper and lower trapezoids, ``(2K,)``."""
    return from_columns([upper, lower]).view(-1)


def _spans(faces: _Candidates, planes: FacePlanes, size: tuple[int, int]) -> _Spans:
    """One span per row of every face.

    Edges are anchored at their first row: a crossing is x_first + slope * (row - first row).
    """
    height, width = size
    x, y = _sorted_by_y(faces.x, faces.y)
    top, middle, bottom = (_first_centre(level, height) for level in y)
    slopes, firsts = [], []
    for (a, b), first in zip(((0, 2), (0, 1), (1, 2)), (top, top, middle), strict=True):
        slopes.append((x[b] - x[a]) / (y[b] - y[a]))
        firsts.append(torch.addcmul(x[a], slopes[-1], first - y[a]))
    depth_dx = torch.addcmul(planes.z1 * planes.b1_dx, planes.z2, planes.b2_dx)
    depth_dy = torch.addcmul(planes.z1 * planes.b1_dy, planes.z2, planes.b2_dy)
    depth = planes.z0 + depth_dx * (firsts[0] - planes.x0) + depth_dy * (top - planes.y0)

    counts = _pairs(middle - top, bottom - middle).to(torch.int32)
    if not planes.finite.all():
        counts.mul_(planes.finite.repeat_interleave(2))
    half, rank = _expand(counts)
    face = half >> 1
    below = rank.to(x[0].dtype)
    below_top = below + _pairs(torch.zeros_like(top), middle - top).index_select(0, half)
    first_long = firsts[0].index_select(0, face)
    long = torch.addcmul(first_long, slopes[0].index_select(0, face), below_top)
    short = torch.addcmul(_pairs(*firsts[1:]).index_select(0, half), _pairs(*slopes[1:]).index_select(0, half), below)
    start = _first_centre(torch.minimum(long, short), width)
    length = _first_centre(torch.maximum(long, short), width).sub_(start).to(torch.int32)
    step = depth_dx.index_select(0, face)
    depth = depth.index_select(0, face).addcmul_(step, start - first_long)
    depth.addcmul_(depth_dy.index_select(0, face), below_top)
    corner = (faces.image * height + top.long()) * width
    pixel = corner.index_select(0, face) + (below_top * width + start).long()
    return _Spans(face, pixel, length, depth, step)


def _fill(spans: _Spans, near: float | None) -> tuple[Tensor, Tensor, Tensor]:
    """Flat pixel, span and depth of every fragment."""
    span, rank = _expand(spans.length)
    depth = spans.depth.index_select(0, span)
    depth.addcmul_(spans.depth_dx.index_select(0, span), rank.to(depth.dtype))
    pixel = spans.first_pixel.index_select(0, span).add_(rank)
    if near is None:
        return pixel, span, depth
    kept = (depth >= near).nonzero().squeeze(1)
    return pixel.index_select(0, kept), span.index_select(0, kept), depth.index_select(0, kept)


def nearest_by_key(pixel: Tensor, span: Tensor, depth: Tensor, lines: int, width: int) -> tuple[Tensor, Tensor, Tensor]:
    """The nearest fragment of every pixel, by one minimum over the integer key (depth, span).

    A float's bits, with the lower 31 flipped when negative, order like the float. Equal depths go to the lower
    span, so the result does not depend on the order of the fragments.

    Args:
        pixel: Flat pixel of every fragment, ``(N,)`` int64.
        span: Its span, ``(N,)`` int32.
        depth: ``(N,)`` float.
        lines: Pixel rows of the whole batch.
        width: Pixels of a row.

    Returns:
        Line, column and span of the covered pixels in ascending order, each ``(P,)``.
    """
    bits = depth.float().view(torch.int32)
    key = (bits ^ ((bits >> 31) & 0x7FFFFFFF)).to(torch.int64).bitwise_left_shift_(32).add_(span)
    buffer = torch.full((lines * width,), FARTHEST, dtype=torch.int64, device=pixel.device)
    buffer.scatter_reduce_(0, pixel, key, "amin")
    line, column = (buffer.view(lines, width) != FARTHEST).nonzero().unbind(1)
    return line, column, buffer.index_select(0, line * width + column) & 0xFFFFFFFF


def nearest_by_two_passes(
    pixel: Tensor, span: Tensor, depth: Tensor, lines: int, width: int
) -> tuple[Tensor, Tensor, Tensor]:
    """As :func:`nearest_by_key` for devices without 64-bit minima: least depth first, then least span."""
    nearest = torch.full((lines * width,), torch.inf, dtype=torch.float32, device=pixel.device)
    nearest.scatter_reduce_(0, pixel, depth.float(), "amin")
    tied = (depth.float() == nearest.index_select(0, pixel)).nonzero().squeeze(1)
    pixel, span = pixel.index_select(0, tied), span.index_select(0, tied).int()
    first = torch.full((lines * width,), torch.iinfo(torch.int32).max, dtype=torch.int32, device=pixel.device)
    first.scatter_reduce_(0, pixel, span, "amin")
    line, column = torch.isfinite(nearest).view(lines, width).nonzero().unbind(1)
    return line, column, first.index_select(0, line * width + column).long()
