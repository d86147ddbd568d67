"""A span rasterizer in plain tensor operations.

Every face becomes at most two trapezoids (above and below its middle corner), every trapezoid one span of pixels
per row, every span its pixels. A span runs from the ceiling of its left edge to the ceiling of its right edge, and
rows from the ceiling of the upper to the ceiling of the lower corner: that *is* the top-left rule. An edge's
crossing with a row is computed from the edge's own end points in a fixed order, so both faces that share it get the
same number and together cover each pixel exactly once. Cost: O(B F + rows + fragments + B H W).
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.barycentric import pixels_on_faces
from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.fragments import CoveredPixels
from aucgan.renderers.rasterizer import Rasterizer, check_mesh

FARTHEST = torch.iinfo(torch.int64).max
"""Depth key of an empty pixel."""


class _Faces(NamedTuple):
    """Faces that may touch a pixel centre. Corners are in ascending y; all arrays are ``(K,)``."""

    number: Tensor  # position in the flattened batch of faces
    image: Tensor
    x: list[Tensor]
    y: list[Tensor]
    depth: Tensor  # at corner 0
    depth_dx: Tensor
    depth_dy: Tensor
    drawable: Tensor


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
        shape = (verts.shape[0], *self.image_size)
        with torch.no_grad():
            pixel, face = self._nearest(verts.detach(), faces, shape)
        return pixels_on_faces(verts, faces, shape, pixel, face)

    def _nearest(self, verts: Tensor, faces: Tensor, shape: tuple[int, int, int]) -> tuple[Tensor, Tensor]:
        """Covered pixels (ascending) and their nearest faces."""
        if verts.dtype not in (torch.float32, torch.float64):
            verts = verts.float()
        candidates = _faces_on_screen(verts, faces, shape, self.cull_backfaces)
        pixel, number, depth = _fill_spans(candidates, shape)
        if self.near is not None:
            kept = (depth >= self.near).nonzero().squeeze(1)
            pixel, number, depth = pixel[kept], number[kept], depth[kept]
        winner = nearest_by_two_passes if verts.device.type == "mps" else nearest_by_key
        pixel, number = winner(pixel, number, depth, shape[0] * shape[1] * shape[2])
        if faces.dim() == 3:
            return pixel, number % faces.shape[1]
        return pixel, torch.div(number, shape[0], rounding_mode="floor")


def _corner_arrays(verts: Tensor, faces: Tensor, size: tuple[int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """x, y (pixels) and z of every face corner, each ``(3, N)``.

    Faces are numbered ``face * B + image`` when shared and ``image * F + face`` otherwise: the first order turns
    the gather into copies of contiguous rows of length B.
    """
    batch, num_verts = verts.shape[:2]
    px, py = image_to_pixels(verts, size)
    if faces.dim() == 2:
        index = faces.t().reshape(-1)
        return tuple(axis.t().contiguous()[index].view(3, -1) for axis in (px, py, verts[..., 2]))
    offset = torch.arange(batch, device=verts.device)[:, None, None] * num_verts
    index = (faces + offset).permute(2, 0, 1).reshape(-1)
    return tuple(axis.reshape(-1).index_select(0, index).view(3, -1) for axis in (px, py, verts[..., 2]))


def _first_centre(values: Tensor, limit: int) -> Tensor:
    """First pixel centre at or after a coordinate, within ``[0, limit]``."""
    return values.ceil().clamp_(0, limit)


def _faces_on_screen(verts: Tensor, faces: Tensor, shape: tuple[int, int, int], cull: bool) -> _Faces:
    """Drop faces without pixel centres and prepare the others."""
    _, height, width = shape
    x, y, z = _corner_arrays(verts, faces, (height, width))
    columns = (_first_centre(bound, width) for bound in (x.amin(0), x.amax(0)))
    rows = (_first_centre(bound, height) for bound in (y.amin(0), y.amax(0)))
    keep = torch.lt(*rows) & torch.lt(*columns)  # false for NaN
    if cull:
        keep &= (x[1] - x[0]) * (y[2] - y[0]) - (x[2] - x[0]) * (y[1] - y[0]) < 0
    number = keep.nonzero().squeeze(1)
    x, y, z = (list(axis.index_select(1, number).unbind(0)) for axis in (x, y, z))
    _sort_corners(x, y, z)
    if faces.dim() == 2:
        image = number % shape[0]
    else:
        image = torch.div(number, faces.shape[1], rounding_mode="floor")
    return _Faces(number, image, x, y, z[0], *_depth_plane(x, y, z))


def _sort_corners(x: list[Tensor], y: list[Tensor], z: list[Tensor]) -> None:
    """Order the corners of each face by y, in place; three compare-and-swap steps."""
    for a, b in ((0, 1), (1, 2), (0, 1)):
        swap = y[a] > y[b]
        y[a], y[b] = torch.minimum(y[a], y[b]), torch.maximum(y[a], y[b])
        for axis in (x, z):
            axis[a], axis[b] = torch.where(swap, axis[b], axis[a]), torch.where(swap, axis[a], axis[b])


def _depth_plane(x: list[Tensor], y: list[Tensor], z: list[Tensor]) -> tuple[Tensor, Tensor, Tensor]:
    """Slopes of depth along x and y, and whether the face's numbers are finite."""
    dx1, dx2, dy1, dy2 = x[1] - x[0], x[2] - x[0], y[1] - y[0], y[2] - y[0]
    dz1, dz2 = z[1] - z[0], z[2] - z[0]
    area = dx1 * dy2 - dx2 * dy1
    inverse = torch.where(area == 0, torch.zeros_like(area), 1 / area)
    slope_x = (dz1 * dy2 - dz2 * dy1) * inverse
    slope_y = (dx1 * dz2 - dx2 * dz1) * inverse
    return slope_x, slope_y, torch.isfinite(area + dz1 + dz2)


def _expand(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Owner of every unit of ``counts`` and the unit's rank within its owner, each ``(sum(counts),)``."""
    ends = counts.cumsum(0)
    total = int(ends[-1]) if len(ends) else 0
    owner = torch.repeat_interleave(counts, output_size=total)
    rank = torch.arange(total, device=counts.device) - (ends - counts).index_select(0, owner)
    return owner, rank


def _fill_spans(faces: _Faces, shape: tuple[int, int, int]) -> tuple[Tensor, Tensor, Tensor]:
    """Every (pixel, face number, depth) that the faces cover, each ``(fragments,)``."""
    _, height, width = shape
    x, y = faces.x, faces.y
    top, middle, bottom = (_first_centre(level, height) for level in y)
    top, middle, bottom = (torch.where(faces.drawable, level, 0).long() for level in (top, middle, bottom))
    half, rank = _expand(torch.cat([middle - top, bottom - middle]))
    row = torch.cat([top, middle]).index_select(0, half) + rank

    slope = [(x[b] - x[a]) / (y[b] - y[a]) for a, b in ((0, 2), (0, 1), (1, 2))]
    edges = torch.stack(
        [
            *(torch.cat([long, long]) for long in (x[0], y[0], slope[0])),
            *(torch.cat(pair) for pair in (x[:2], y[:2], slope[1:])),
            *(torch.cat([plane, plane]) for plane in (faces.depth, faces.depth_dx, faces.depth_dy)),
        ]
    )
    x_long, y_long, m_long, x_short, y_short, m_short, depth, depth_dx, depth_dy = edges.index_select(1, half)
    level = row.to(x_long.dtype)
    crossing_long = x_long + m_long * (level - y_long)
    crossing_short = x_short + m_short * (level - y_short)
    start = _first_centre(torch.minimum(crossing_long, crossing_short), width)
    stop = _first_centre(torch.maximum(crossing_long, crossing_short), width)
    depth = depth + depth_dx * (start - x_long) + depth_dy * (level - y_long)

    owner = half % len(faces.number)
    base = (faces.image.index_select(0, owner) * height + row) * width + start.long()
    span, rank = _expand((stop - start).long())
    pixel = base.index_select(0, span) + rank
    depth = depth.index_select(0, span) + depth_dx.index_select(0, span) * rank
    return pixel, faces.number.index_select(0, owner).index_select(0, span), depth


def nearest_by_key(pixel: Tensor, number: Tensor, depth: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """The nearest fragment of every pixel, by one minimum over the integer key (depth, face).

    A float's bits, with the lower 31 flipped when negative, order like the float. Equal depths go to the lower face
    number, so the result does not depend on the order of the fragments.

    Args:
        pixel: Flat pixel of every fragment, ``(N,)`` int64.
        number: Its face, ``(N,)`` int64 below 2^31.
        depth: ``(N,)`` float.
        size: Number of pixels.

    Returns:
        Covered pixels, ascending, and their faces.
    """
    bits = depth.float().view(torch.int32)
    key = ((bits ^ ((bits >> 31) & 0x7FFFFFFF)).long() << 32) + number
    buffer = torch.full((size,), FARTHEST, dtype=torch.int64, device=pixel.device)
    buffer.scatter_reduce_(0, pixel, key, "amin")
    covered = (buffer != FARTHEST).nonzero().squeeze(1)
    return covered, buffer.index_select(0, covered) & 0xFFFFFFFF


def nearest_by_two_passes(pixel: Tensor, number: Tensor, depth: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """As :func:`nearest_by_key` for devices without 64-bit minima: least depth first, then least face."""
    nearest = torch.full((size,), torch.inf, dtype=torch.float32, device=pixel.device)
    nearest.scatter_reduce_(0, pixel, depth.float(), "amin")
    tied = (depth.float() == nearest.index_select(0, pixel)).nonzero().squeeze(1)
    pixel, number = pixel.index_select(0, tied), number.index_select(0, tied).int()
    face = torch.full((size,), torch.iinfo(torch.int32).max, dtype=torch.int32, device=pixel.device)
    face.scatter_reduce_(0, pixel, number, "amin")
    covered = torch.isfinite(nearest).nonzero().squeeze(1)
    return covered, face.index_select(0, covered).long()
