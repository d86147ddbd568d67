"""From spans of pixels to the nearest face at every pixel."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

FARTHEST = torch.iinfo(torch.int64).max
"""Key of an empty pixel."""

COUNTER = 1 << 32
"""Unit of the upper half of an int64 that carries two numbers."""


class Spans(NamedTuple):
    """Runs of pixels on one row of one face, all ``(R,)``."""

    face: Tensor
    pixel: Tensor  # the first, flat index into the batch, int32
    length: Tensor  # may be 0
    depth: Tensor  # at the first pixel
    depth_dx: Tensor


class Fragments(NamedTuple):
    """Single pixels of faces, all ``(N,)``."""

    face: Tensor
    pixel: Tensor
    depth: Tensor


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
    steps = torch.ones(total + 1, dtype=torch.int64)
    steps.scatter_add_(0, ends, torch.rsub(counts, COUNTER))
    steps[0] -= 1
    both = steps.cumsum_(0)[:total]
    return both.bitwise_right_shift(32), both.int()  # the conversion keeps the lower half


def fill(spans: Spans, near: float | None) -> Fragments:
    """Every pixel of every span, without those nearer than ``near``."""
    span, rank = expand(spans.length)
    depth = spans.depth.index_select(0, span)
    depth.addcmul_(spans.depth_dx.index_select(0, span), rank.to(depth.dtype))
    pixel = rank.add_(spans.pixel.index_select(0, span)).long()
    fragments = Fragments(spans.face.index_select(0, span), pixel, depth)
    if near is None:
        return fragments
    kept = (depth >= near).nonzero().squeeze(1)
    return Fragments(*(values.index_select(0, kept) for values in fragments))


def nearest_faces(fragments: Fragments, num_pixels: int) -> tuple[Tensor, Tensor, Tensor]:
    """The nearest face of every covered pixel, by one minimum over the integer key (depth, face).

    Equal depths go to the lower face, so the result does not depend on the order of the fragments.

    Args:
        fragments: All fragments of a batch.
        num_pixels: Pixels of the batch.

    Returns:
        Covered pixels in ascending order, the face ``(P,)`` int64 and depth ``(P,)`` float32 of each.
    """
    bits = _flip_negative(fragments.depth.float().view(torch.int32))
    key = bits.to(torch.int64).bitwise_left_shift_(32).bitwise_or_(fragments.face)
    buffer = torch.full((num_pixels,), FARTHEST, dtype=torch.int64, device=key.device)
    buffer.scatter_reduce_(0, fragments.pixel, key, "amin")
    pixel = (buffer != FARTHEST).nonzero().squeeze(1)
    key = buffer.index_select(0, pixel)
    depth = _flip_negative((key >> 32).to(torch.int32)).view(torch.float32)
    return pixel, key.bitwise_and_(COUNTER - 1), depth


def _flip_negative(bits: Tensor) -> Tensor:
    """Flip the lower 31 bits of negative numbers: a float's bits then order like the float. Its own inverse."""
    return bits ^ ((bits >> 31) & 0x7FFFFFFF)
