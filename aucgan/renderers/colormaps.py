"""Colours for maps of numbers."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.numerics.constants import constant_like

DOWN, ZERO, UP = (0.13, 0.28, 0.62), (0.96, 0.96, 0.94), (0.72, 0.11, 0.13)
"""Blue, near-white, red: a diverging scale that colour-blind readers can tell apart."""


def signed_heat(values: Tensor, scale: float) -> Tensor:
    """Colour signed values: blue below zero, white at zero, red above.

    Args:
        values: ``(B, 1, H, W)``.
        scale: The absolute value that gets full colour.

    Returns:
        RGB in [0, 1], ``(B, 3, H, W)``.
    """
    strength = (values / scale).clamp(-1, 1)
    down, zero, up = (constant_like(values, colour).view(1, 3, 1, 1) for colour in (DOWN, ZERO, UP))
    return torch.where(strength < 0, torch.lerp(zero, down, -strength), torch.lerp(zero, up, strength))
