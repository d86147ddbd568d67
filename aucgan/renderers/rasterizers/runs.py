"""Where a mask is true, when true elements come in runs as the covered pixels of pictures do."""

from __future__ import annotations

import torch
from torch import Tensor

WORD = 8
"""Elements of a mask that are looked at as one number."""


def true_positions(mask: Tensor) -> Tensor:
    """``mask.nonzero()`` of a flat mask, from the few places where it changes; twice as fast on a CPU.

    Args:
        mask: ``(N,)`` bool.

    Returns:
        Ascending positions, ``(P,)`` int64.
    """
    if mask.device.type != "cpu":
        return mask.nonzero().squeeze(1)
    changes = _changes(mask)
    if len(changes) == 0:
        return changes
    starts, ends = changes[0::2], changes[1::2]
    after = (ends - starts).cumsum(0)
    steps = torch.ones(int(after[-1]), dtype=torch.int64, device=mask.device)
    steps[0] = starts[0]
    steps[after[:-1]] += starts[1:] - ends[:-1]
    return steps.cumsum_(0)


def _changes(mask: Tensor) -> Tensor:
    """Starts of the runs of true elements and the ends after them, in turn, ``(2 * runs,)`` int64."""
    padded = mask.new_zeros((len(mask) // WORD + 1) * WORD + 1)
    padded[1 : len(mask) + 1] = mask
    changed = (padded[1:] != padded[:-1]).view(-1, WORD)
    words = changed.view(torch.int64).nonzero()[:, 0]
    word, element = changed.index_select(0, words).nonzero().unbind(1)
    return words[word].mul_(WORD).add_(element)
