"""Erosion of masks."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor


def erode(mask: Tensor, radius: int) -> Tensor:
    """Minimum over a square window; what lies outside the image counts as 0.

    Args:
        mask: ``(B, 1, H, W)`` in [0, 1].
        radius: Half the side of the window: it spans ``2 * radius + 1`` pixels.

    Returns:
        The smaller mask, ``(B, 1, H, W)``.
    """
    if radius == 0:
        return mask
    absent = F.pad(1.0 - mask, (radius,) * 4, value=1.0)
    return 1.0 - F.max_pool2d(absent, 2 * radius + 1, stride=1)
