"""Codes of one person are closer to each other than to another person's."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


def require_streams(streams: Sequence[Tensor], least: int) -> None:
    """Raise ``ValueError`` for too few streams or streams of unequal shapes."""
    if len(streams) < least:
        raise ValueError(f"a ring needs at least {least} streams of codes, but got {len(streams)}")
    require_same_shape(**{f"stream {index}": stream for index, stream in enumerate(streams)})


def albedo_ring_loss(streams: Sequence[Tensor], margin: float = 0.2) -> Tensor:
    """Mean of ``max(0, margin + |a_i - a_j|² - |a_i - b|²)`` over all ordered pairs of streams (i = j included).

    The ring of RingNet (Sanyal et al., CVPR 2019), applied to albedo codes.

    Args:
        streams: Codes ``(B, N)``: a row of all but the last stream is one person, of the last stream another.
        margin: By how much the other person must be farther away.

    Returns:
        Scalar, 0 once the margin is kept everywhere.

    Raises:
        ValueError: For fewer than two streams or unequal shapes.
    """
    require_streams(streams, least=2)
    return _ring(*streams, margin=margin)


@full_precision
def _ring(*streams: Tensor, margin: float) -> Tensor:
    *same, other = streams
    hinges = [
        (margin + (a - b).square().sum(1) - (a - other).square().sum(1)).clamp_min(0.0).mean()
        for a in same
        for b in same
    ]
    return reduce(add, hinges) / len(hinges)


@LOSSES.register_module()
class AlbedoRingLoss(nn.Module):
    """Ring loss on albedo codes; see :func:`albedo_ring_loss`.

    Args:
        margin: By how much the other person must be farther away.
    """

    def __init__(self, margin: float = 0.2) -> None:
        super().__init__()
        self.margin = margin

    def forward(self, streams: Sequence[Tensor]) -> Tensor:
        """Return the loss of streams ``(B, N)``, the last of another person."""
        return albedo_ring_loss(streams, self.margin)
