"""Samples of a batch whose truth nobody knows."""

from __future__ import annotations

import torch
from torch import Tensor


def known_or_found(truth: Tensor, found: Tensor) -> Tensor:
    """The truth, and where it is NaN what was found itself: no difference, and no gradient.

    Args:
        truth: NaN where unknown, such as codes that a fit is not sure of.
        found: The prediction, of the same shape.

    Returns:
        Without a gradient.
    """
    return torch.where(truth.isnan(), found, truth).detach()
