"""A span rasterizer in plain tensor operations.

Every face becomes two trapezoids, above and below its middle corner, every trapezoid one span of pixels per row,
every span its pixels. A span runs from the ceiling of its left edge to the ceiling of its right edge, and rows from
the ceiling of the upper to the ceiling of the lower corner: that *is* the top-left rule. An edge's crossing with a
row is computed from the edge's own end points in the order of their y, so both faces that share it get the same
number and together cover each pixel exactly once. Cost: O(B F + rows + fragments + B H W).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.rasterizers.allocator import keep_freed_memory
from aucgan.renderers.rasterizers.barycentric import FacePlanes, with_vertex_gradient
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.nearest_fragment import Spans, expand, fill, nearest_faces
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, check_mesh

CACHED_FACES = 100_000
"""Faces a CPU handles at a time, so that its intermediate arrays stay in the cache."""

EXACT_QUOTIENTS = 1 << 22
"""Up to here, floor((i + 1/2) / n) in single precision is the quotient of the integers."""

MOST_PIXELS = (1 << 31) - 1
"""Pixels of a batch that 32 bits can number; larger batches are handled in parts."""

AREA_MARGIN = 16
"""Twice a triangle's area is at most 8 times the greatest squared distance of its corners from the origin."""


Corners = Sequence[Tensor]
"""One coordinate of the three corners of every face, each ``(B, F)``."""


class _Outlines(NamedTuple):
    """Edges and depths of N = B F faces, ``(N,)`` but for the shorter edges."""

    rows: Tensor  # 0 for a face without pixels
    upper_rows: Tensor  # those above the middle corner
    pixel: Tensor  # the first of the first row, flat index into the batch, int32
    long_x: Tensor  # where the longest edge crosses the first row
    long_slope: Tensor
    short_x: Tensor  # the same of all upper and then all lower shorter edges, ``(2N,)``
    short_slope: Tensor
    depth: Tensor  # on the longest edge in the first row
    depth_dx: Tensor
    depth_dy: Tensor


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
        keep_freed_memory()

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments."""
        check_mesh(verts, faces)
        if verts.dtype not in (torch.float32, torch.float64):
            verts = verts.float()
        step = MOST_PIXELS // (self.image_size[0] * self.image_size[1])
        if verts.device.type == "cpu":
            step = min(step, max(1, CACHED_FACES // max(faces.shape[-2], 1)))
        parts = [
            self._covered(verts[i : i + step], faces if faces.dim() == 2 else faces[i : i + step])
            for i in range(0, len(verts), step)
        ]
        return CoveredPixels.join(parts)

    def _covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels of a few samples at once."""
        device = torch.device("cpu") if verts.device.type == "mps" else verts.device  # MPS has no 64-bit minimum
        with torch.no_grad():
            covered, planes, plane = self._nearest(verts.detach().to(device), faces.to(device))
            covered, planes = covered.to(verts.device), planes.to(verts.device)
        return with_vertex_gradient(verts, faces, covered, planes, plane.to(verts.device))

    def _nearest(self, verts: Tensor, faces: Tensor) -> tuple[CoveredPixels, FacePlanes, Tensor]:
        """Covered pixels, the planes of all faces, and which of them each pixel lies on."""
        batch, (height, width) = verts.shape[0], self.image_size
        x, y, z = _corners(verts, faces, self.image_size)
        planes = FacePlanes.through(x, y, z)
        outlines = self._outlines(x, y, planes)
        pixel, plane, depth = nearest_faces(fill(_spans(outlines, width), self.near), batch * height * width)
        image, row, column = _positions(pixel, batch, self.image_size)
        bary = planes.barycentrics(column.to(verts.dtype), row.to(verts.dtype), plane)
        if verts.dtype == torch.float64:
            depth = planes.depth(bary, plane)
        face = (plane - image.int().mul_(faces.shape[-2])).long()
        return CoveredPixels((batch, height, width), pixel, face, bary, depth), planes, plane

    def _outlines(self, x: Corners, y: Corners, planes: FacePlanes) -> _Outlines:
        """Edges and depths of faces with these corners."""
        height, width = self.image_size
        kept = _may_own_pixels(x, y, width, self.cull_backfaces)
        x, y = _sorted_by_y(x, y)
        top, middle, bottom = (_first_centre(level, height) for level in y)
        long, upper, lower = _edge(x, y, 0, 2, top), _edge(x, y, 0, 1, top), _edge(x, y, 1, 2, middle)
        long_x, long_slope = (values.view(-1) for values in long)
        first_line = torch.arange(len(top), device=top.device, dtype=torch.int32)[:, None] * height
        depth_dx, depth_dy = planes.depth_slopes()
        return _Outlines(
            rows=(bottom - top).mul_(kept).view(-1),
            upper_rows=middle.sub_(top).view(-1),
            pixel=top.int().add_(first_line).mul_(width).view(-1),
            long_x=long_x,
            long_slope=long_slope,
            short_x=torch.cat((upper[0], lower[0])).view(-1),
            short_slope=torch.cat((upper[1], lower[1])).view(-1),
            depth=planes.z0 + depth_dx * (long_x - planes.x0) + depth_dy * (top.view(-1) - planes.y0),
            depth_dx=depth_dx,
            depth_dy=depth_dy,
        )


def _corners(verts: Tensor, faces: Tensor, size: tuple[int, int]) -> list[tuple[Tensor, ...]]:
    """x, y (pixels) and z of the three corners of every face, each ``(B, F)``; see :func:`_pixel_axes`."""
    axes, batch, num_faces = _pixel_axes(verts, size), len(verts), faces.shape[-2]
    index = faces.transpose(-1, -2).reshape(*faces.shape[:-2], -1)
    if faces.dim() == 2:
        gathered = [axis.index_select(1, index) for axis in axes]
    else:
        gathered = [axis.gather(1, index.long()) for axis in axes]
    return [corners.view(batch, 3, num_faces).unbind(1) for corners in gathered]


def _pixel_axes(verts: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """x, y (pixels) and z ``(B, V)``: finite, but for x where any was not or areas would overflow."""
    x, y = image_to_pixels(verts, size)
    z = verts[..., 2].contiguous()
    nothing_or_nan = (x * x).addcmul_(y, y).addcmul_(z, z).mul_(AREA_MARGIN).mul_(0)
    return x.add_(nothing_or_nan), y.nan_to_num(0.0, 0.0, 0.0), z.nan_to_num(0.0, 0.0, 0.0)


def _positions(pixel: Tensor, batch: int, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Picture, row and column of flat pixels ``(P,)``, as floats: integers divide 10 times slower."""
    exact = torch.float32 if batch * size[0] * size[1] <= EXACT_QUOTIENTS else torch.float64
    column = pixel.to(exact)
    row = ((column + 0.5) / size[1]).floor_()
    column.sub_(row, alpha=size[1])
    image = ((row + 0.5) / size[0]).floor_()
    return image, row.sub_(image, alpha=size[0]), column


def _first_centre(values: Tensor, limit: int, out: Tensor | None = None) -> Tensor:
    """First pixel centre at or after a coordinate, within ``[0, limit]`` (in ``out``)."""
    return torch.ceil(values, out=out).clamp_(0, limit)


def _may_own_pixels(x: Corners, y: Corners, width: int, cull: bool) -> Tensor:
    """1 for faces over some column of pixels (and towards the viewer when ``cull``), 0 for NaN, ``(B, F)``."""
    low = torch.minimum(torch.minimum(x[0], x[1]), x[2])
    high = torch.maximum(torch.maximum(x[0], x[1]), x[2])
    kept = _is_greater(_first_centre(high, width), _first_centre(low, width))
    if cull:
        kept *= (x[1] - x[0]) * (y[2] - y[0]) < (x[2] - x[0]) * (y[1] - y[0])
    return kept


def _is_greater(one: Tensor, other: Tensor) -> Tensor:
    """1 where greater, else 0, as floats: faster than a mask of another type and its conversion."""
    return torch.gt(one, other, out=torch.empty_like(one))


def _sorted_by_y(x: Corners, y: Corners) -> tuple[list[Tensor], list[Tensor]]:
    """The corners of each face in ascending y; three compare-and-swap steps (``lerp`` by 0 or 1 is exact)."""
    x, y = [corner.nan_to_num(0.0) for corner in x], list(y)
    for a, b in ((0, 1), (1, 2), (0, 1)):
        swap = _is_greater(y[a], y[b])
        x[a], x[b] = torch.lerp(x[a], x[b], swap), torch.lerp(x[b], x[a], swap)
        y[a], y[b] = torch.minimum(y[a], y[b]), torch.maximum(y[a], y[b])
    return x, y


def _edge(x: list[Tensor], y: list[Tensor], a: int, b: int, first: Tensor) -> tuple[Tensor, Tensor]:
    """Crossing of edge a-b with its first row, and its step from row to row."""
    slope = ((x[b] - x[a]) / (y[b] - y[a])).nan_to_num_(0.0, 0.0, 0.0)
    return _on_line(x[a], slope, first - y[a]), slope


def _on_line(x: Tensor, slope: Tensor, rows: Tensor, out: Tensor | None = None) -> Tensor:
    """The point at ``rows`` (in ``out``), without a fused multiply-add.

    Compilers fuse where they vectorise and not in the remainder: two faces would see one edge at two places.
    """
    return torch.mul(slope, rows, out=out).add_(x)


def _spans(outlines: _Outlines, width: int) -> Spans:
    """One span per row of every face."""
    face, rank = expand(outlines.rows.int().long())
    row = rank.to(outlines.rows.dtype)
    from_x = outlines.long_x.index_select(0, face)
    long, short = _long_crossing(outlines, face, row, from_x), _short_crossing(outlines, face, row)
    start = torch.minimum(long, short)
    start = _first_centre(start, width, out=start)
    stop = _first_centre(torch.maximum(long, short, out=long), width, out=long)
    length = stop.sub_(start).int().long()
    depth_dx = outlines.depth_dx.index_select(0, face)
    depth = outlines.depth.index_select(0, face).addcmul_(depth_dx, torch.sub(start, from_x, out=from_x))
    depth.addcmul_(outlines.depth_dy.index_select(0, face), row)
    pixel = rank.mul_(width).add_(outlines.pixel.index_select(0, face)).add_(start.int())
    return Spans(face, pixel, length, depth, depth_dx)


def _long_crossing(outlines: _Outlines, face: Tensor, row: Tensor, from_x: Tensor) -> Tensor:
    """Where the longest edge crosses a row of its face, counted from the first.

    It is x + slope * (row - first row of the edge), the same for both faces of an edge, as either's longest or not.
    """
    slope = outlines.long_slope.index_select(0, face)
    return _on_line(from_x, slope, row, out=slope)


def _short_crossing(outlines: _Outlines, face: Tensor, row: Tensor) -> Tensor:
    """Where the upper or the lower of the shorter edges crosses the row."""
    upper_rows = outlines.upper_rows.index_select(0, face)
    is_lower = torch.ge(row, upper_rows, out=torch.empty_like(row))
    edge = is_lower.int().mul_(len(outlines.rows)) + face
    row_of_edge = torch.sub(row, upper_rows.mul_(is_lower), out=upper_rows)
    slope = outlines.short_slope.index_select(0, edge)
    return _on_line(outlines.short_x.index_select(0, edge), slope, row_of_edge, out=slope)
