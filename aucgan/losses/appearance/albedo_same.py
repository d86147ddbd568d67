"""Albedo codes of one person are equal."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from itertools import combinations
from operator import add

from torch import Tensor, nn

from aucgan.losses.appearance.albedo_ring import require_streams
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


def albedo_same_loss(streams: Sequence[Tensor]) -> Tensor:
    """Sum over pairs of streams of their mean squared difference, over (number of streams - 1).

    Args:
        streams: Two or more codes ``(B, N)``; a row is one person in every stream.

    Returns:
        Scalar, 0 for equal codes; for two streams, their mean squared difference.

    Raises:
        ValueError: For fewer than two streams or unequal shapes.
    """
    require_streams(streams, least=2)
    return _same(*streams)


@full_precision
def _same(*streams: Tensor) -> Tensor:
    differences = [(a - b).square().mean() for a, b in combinations(streams, 2)]
    return reduce(add, differences) / (len(streams) - 1)


@LOSSES.register_module()
class AlbedoSameLoss(nn.Module):
    """Equal albedo codes for photos of one person; see :func:`albedo_same_loss`."""

    def forward(self, streams: Sequence[Tensor]) -> Tensor:
        """Return the loss of streams ``(B, N)``."""
        return albedo_same_loss(streams)
