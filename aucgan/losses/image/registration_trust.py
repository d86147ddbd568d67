"""How far a pixel of a render can be compared with the photo when the two may be a little out of register."""

from __future__ import annotations

import torch
from torch import Tensor
from torch.nn import functional as F

from aucgan.losses.shape_checks import require_shape
from aucgan.numerics.precision import full_precision

LOG_FLOOR = 0.02
"""Added before a logarithm of a picture, so that noise in black pixels does not count."""


@full_precision
def registration_trust(picture: Tensor, reach: int, tolerance: float) -> Tensor:
    """Weight of each pixel, small where a shift of up to ``reach`` pixels would change the picture much.

    Where a coarse face is a pixel or two out of place, the edges of brows, lips and lids differ from the photo's by far
    more than a wrinkle does, and a displacement that explains them is wrong. The most that such a shift can change is
    the range of the logarithm of the picture within the window: with range r the weight is 1 / (1 + (r/tolerance)²),
    the weight of the Geman-McClure estimator [1] for a residual of that size.

    Args:
        picture: The coarse render, ``(B, C, H, W)`` in [0, 1]; carries no gradient here.
        reach: Half the side of the window in pixels.
        tolerance: Range in natural-log units at which the weight is one half. Wrinkles change a picture by 0.05 to 0.2.

    Returns:
        Weights in (0, 1], ``(B, 1, H, W)``.

    [1] Geman & McClure, Bayesian image analysis, 1985.
    """
    require_shape("picture", picture, (None, None, None, None))
    with torch.no_grad():
        levels = torch.log(picture.clamp_min(0).mean(dim=1, keepdim=True) + LOG_FLOOR)
        highest, lowest = (F.max_pool2d(x, 2 * reach + 1, stride=1, padding=reach) for x in (levels, -levels))
        spread = highest + lowest
        return 1 / (1 + (spread / tolerance).square())
