"""What a rasterizer returns: dense per-pixel fragments, and the compact list of covered pixels."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from aucgan.renderers.rasterizers.columns import from_columns

EMPTY = -1
"""Value of every field of :class:`Fragments` where no face covers the pixel."""

PIXEL_FIELDS = ("pixel", "face", "bary", "depth")
"""Tensors of :class:`CoveredPixels`."""


@dataclass(frozen=True)
class Fragments:
    """The nearest face of every pixel.

    Attributes:
        pix_to_face: Index of the face in ``[0, F)`` within its own sample, ``(B, H, W)`` int64; -1 where empty.
        bary_coords: Barycentric coordinates of the pixel's centre, ``(B, H, W, 3)``, sum 1; -1 where empty.
        zbuf: Depth of that point in image space (smaller is nearer), ``(B, H, W)``; -1 where empty.
    """

    pix_to_face: Tensor
    bary_coords: Tensor
    zbuf: Tensor

    @property
    def mask(self) -> Tensor:
        """Covered pixels, ``(B, H, W)`` bool."""
        return self.pix_to_face >= 0

    def compact(self) -> CoveredPixels:
        """The same information for the covered pixels only."""
        index = self.mask.flatten().nonzero().squeeze(1)
        batch, height, width = self.pix_to_face.shape
        return CoveredPixels(
            shape=(batch, height, width),
            pixel=index,
            face=self.pix_to_face.flatten().index_select(0, index),
            bary=self.bary_coords.flatten(0, 2).index_select(0, index),
            depth=self.zbuf.flatten().index_select(0, index),
        )


@dataclass(frozen=True)
class CoveredPixels:
    """The ``P`` covered pixels of a batch of images, in ascending order of their flat index.

    Attributes:
        shape: ``(B, H, W)``.
        pixel: Flat index into ``B * H * W``, ``(P,)`` int64.
        face: Face in ``[0, F)`` within its sample, ``(P,)`` int64.
        bary: Barycentric coordinates, ``(P, 3)``.
        depth: Depth in image space, ``(P,)``.
    """

    shape: tuple[int, int, int]
    pixel: Tensor
    face: Tensor
    bary: Tensor
    depth: Tensor

    @property
    def image(self) -> Tensor:
        """The sample each pixel belongs to, ``(P,)`` int64."""
        batch, height, width = self.shape
        firsts = torch.arange(batch + 1, device=self.pixel.device) * (height * width)
        counts = torch.searchsorted(self.pixel, firsts).diff()
        return torch.repeat_interleave(counts, output_size=len(self.pixel))

    def to(self, device: torch.device) -> CoveredPixels:
        """The same on another device."""
        return CoveredPixels(self.shape, *(getattr(self, name).to(device) for name in PIXEL_FIELDS))

    @staticmethod
    def join(parts: list[CoveredPixels]) -> CoveredPixels:
        """Append batches of pictures of one size."""
        if len(parts) == 1:
            return parts[0]
        _, height, width = parts[0].shape
        first, pixels = 0, []
        for part in parts:
            pixels.append(part.pixel + first * height * width)
            first += part.shape[0]
        rest = (torch.cat([getattr(part, name) for part in parts]) for name in PIXEL_FIELDS[1:])
        return CoveredPixels((first, height, width), torch.cat(pixels), *rest)

    def corners(self, faces: Tensor, num_rows: int = 0) -> Tensor:
        """Rows of the three corners in a table indexed by face corner.

        Args:
            faces: ``(F, 3)``, or ``(B, F, 3)`` for per-sample faces.
            num_rows: Rows per sample when the table stacks the samples (``B * num_rows`` rows); 0 for a
                table that all samples share.

        Returns:
            ``(P, 3)`` int64.
        """
        if faces.dim() == 3:
            corners = faces.flatten(0, 1).index_select(0, self.face + self.image * faces.shape[1])
        else:
            corners = faces.index_select(0, self.face)
        return corners + (self.image * num_rows)[:, None] if num_rows else corners

    def dense(self, values: Tensor, fill: float = 0.0) -> Tensor:
        """Scatter per-pixel rows into images.

        Args:
            values: ``(P, C)``.
            fill: Value of the empty pixels.

        Returns:
            Channels-last images, ``(B, H, W, C)``.
        """
        batch, height, width = self.shape
        channels = values.shape[1]
        first = self.pixel if channels == 1 else self.pixel * channels
        return _Spread.apply(values, first, 1, (batch, height, width, channels), fill)

    def images(self, values: Tensor) -> Tensor:
        """As :meth:`dense`, channels first and contiguous, 0 where empty: ``(B, C, H, W)``."""
        batch, height, width = self.shape
        channels, size = values.shape[1], height * width
        first = self.pixel + self.image * ((channels - 1) * size)
        return _Spread.apply(values, first, size, (batch, channels, height, width), 0.0)

    def fragments(self) -> Fragments:
        """The dense form."""
        batch, height, width = self.shape
        face = self.face.new_full((batch * height * width,), EMPTY).scatter_(0, self.pixel, self.face)
        return Fragments(
            pix_to_face=face.view(batch, height, width),
            bary_coords=self.dense(self.bary, EMPTY),
            zbuf=self.dense(self.depth[:, None], EMPTY).squeeze(-1),
        )


class _Spread(torch.autograd.Function):
    """Spread rows (P, C) over pictures, one 1-D scatter per channel; the gradient is a gather.

    Channel c of row p goes to element ``first[p] + c * step``; 3 times faster than copying rows.
    """

    @staticmethod
    def forward(ctx: Any, values: Tensor, first: Tensor, step: int, shape: tuple, fill: float) -> Tensor:
        ctx.save_for_backward(first)
        ctx.channels, ctx.step = values.shape[1], step
        flat = values.new_full((math.prod(shape),), fill)
        for channel in range(ctx.channels):
            flat[channel * step :].scatter_(0, first, values[:, channel])
        return flat.view(shape)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None, None, None]:
        (first,), flat = ctx.saved_tensors, grad.reshape(-1)
        columns = [flat[channel * ctx.step :].index_select(0, first) for channel in range(ctx.channels)]
        return from_columns(columns), None, None, None, None
