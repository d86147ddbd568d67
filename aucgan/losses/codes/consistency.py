"""Pairs of photos of one person within a batch."""

from __future__ import annotations

import torch
from torch import Tensor


def same_person_pairs(identity: Tensor) -> tuple[Tensor, Tensor]:
    """Every unordered pair of different photos that show one person.

    Args:
        identity: Number of the person in each photo, ``(B,)``; equal numbers are one person.

    Returns:
        Indices of the first and of the second photo of each pair, ``(P,)`` both; P may be 0.
    """
    same = identity[:, None] == identity[None, :]
    first, second = torch.triu(same, diagonal=1).nonzero().unbind(1)
    return first, second
