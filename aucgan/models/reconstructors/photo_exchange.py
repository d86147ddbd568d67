"""Giving a face the photo of another one: what is the same afterwards was not read from the photo."""

from __future__ import annotations

import torch
from torch import Tensor

NOBODY = -1
"""In place of a partner that the batch does not have."""


def partners(identity: Tensor) -> tuple[Tensor, Tensor]:
    """For every photo of a batch another one of the same person, and one of another person.

    Args:
        identity: Number of the person, ``(B,)``.

    Returns:
        Places in the batch, ``(B,)`` each; :data:`NOBODY` where there is none.
    """
    same = identity[:, None] == identity
    return _next(same & ~torch.eye(len(identity), dtype=torch.bool, device=identity.device)), _next(~same)


def _next(allowed: Tensor) -> Tensor:
    """The first allowed column behind the diagonal, round the end, of every row of ``(B, B)``."""
    count = len(allowed)
    steps = (torch.arange(count, device=allowed.device) - torch.arange(count, device=allowed.device)[:, None]) % count
    nearest = torch.where(allowed, steps, count).min(dim=1)
    return torch.where(nearest.values < count, nearest.indices, NOBODY)
