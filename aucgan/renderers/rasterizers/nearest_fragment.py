"""From spans of pixels to the nearest face at every pixel."""

from __future__ import annotations

import sys
from typing import NamedTuple

import torch
from torch import Tensor

from aucgan.renderers.rasterizers.runs import true_positions

FARTHEST = torch.iinfo(torch.int64).max
"""Key of an empty pixel."""

COUNTER = 1 << 32
"""Unit of the upper half of an int64 that carries two numbers."""

UPPER_HALF = slice(1 if sys.byteorder == "little" else 0, None, 2)
"""Upper halves of int64 numbers seen as int32."""


class Spans(NamedTuple):
    """Runs of pixels on one row of one face, all ``(R,)``."""

    face: Tensor  # int64, below 2^31
    pixel: Tensor  # the first, flat index into the batch, int32
    length: Tensor  # may be 0
    depth: Tensor  # at the first pixel
    depth_dx: Tensor


class Fragments(NamedTuple):
    """Single pixels of faces, all ``(N,)`` int64."""

    pixel: Tensor
    key: Tensor  # upper half: the depth's bits in the order of depths; lower half: the face


def expand(counts: Tensor) -> tuple[Tensor, Tensor]:
    """Owner (int64) and rank within the owner (int32) of every unit.

    Args:
        counts: Units of each owner, ``(N,)`` int64.

    Returns:
        Two ``(sum(counts),)``.
    """
    ends = counts.cumsum(0)
    total = int(ends[-1]) if len(ends) else 0
    if counts.device.type != "cpu" or total == 0:
        owner = torch.repeat_interleave(counts, output_size=total)
        rank = torch.arange(total, device=counts.device) - (ends - counts).index_select(0, owner)
        return owner, rank.int()
    # One running sum carries both numbers, several times faster than repeat_interleave: every unit adds 1, and the
    # first unit of an owner also counts that owner in the upper half and takes the units of the one before back.
    steps = torch.ones(total + 1, dtype=torch.int64, device=counts.device)
    steps.scatter_add_(0, ends, torch.rsub(counts, COUNTER))
    steps[0] -= 1
    both = steps.cumsum_(0)[:total]
    return both >> 32, both.int()  # the conversion keeps the lower half


def fill(spans: Spans, near: float | None) -> Fragments:
    """Every pixel of every span, without those nearer than ``near``."""
    span, rank = expand(spans.length)
    depth = spans.depth.index_select(0, span)
    depth.addcmul_(spans.depth_dx.index_select(0, span), rank.to(depth.dtype))
    pixel = rank.add_(spans.pixel.index_select(0, span)).long()
    key = with_depth(spans.face.index_select(0, span), depth)
    if near is None:
        return Fragments(pixel, key)
    kept = (depth >= near).nonzero().squeeze(1)
    return Fragments(pixel.index_select(0, kept), key.index_select(0, kept))


def with_depth(face: Tensor, depth: Tensor) -> Tensor:
    """Keys of fragments ``(N,)``, made in place of the int64 faces; their order is that of depths, then of faces."""
    face.view(torch.int32)[UPPER_HALF] = _flip_negative(depth.float().view(torch.int32))
    return face


def nearest_faces(fragments: Fragments, num_pixels: int) -> tuple[Tensor, Tensor, Tensor]:
    """The nearest face of every covered pixel, by one minimum over the integer key (depth, face).

    Equal depths go to the lower face, so the result does not depend on the order of the fragments.

    Args:
        fragments: All fragments of a batch.
        num_pixels: Pixels of the batch.

    Returns:
        Covered pixels in ascending order, the face ``(P,)`` int32 and depth ``(P,)`` float32 of each.
    """
    keys = torch.full((num_pixels,), FARTHEST, dtype=torch.int64, device=fragments.key.device)
    keys.scatter_reduce_(0, fragments.pixel, fragments.key, "amin")
    pixel = true_positions(keys != FARTHEST)
    key = keys.index_select(0, pixel)
    depth = _flip_negative((key >> 32).int()).view(torch.float32)
    return pixel, key.int(), depth  # the conversion keeps the lower half


def _flip_negative(bits: Tensor) -> Tensor:
    """Flip the lower 31 bits of negative numbers: a float's bits then order like the float. Its own inverse."""
    return (bits >> 31).bitwise_and_(0x7FFFFFFF).bitwise_xor_(bits)
