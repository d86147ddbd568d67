"""The shading is white on average."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

#: The published target of each channel's mean: just below 1, so that shading does not saturate.
WHITE = 0.99


@full_precision
def shading_white_loss(shading: Tensor, white: float = WHITE) -> Tensor:
    """Squared distance of each channel's mean over batch and pixels to white, averaged over channels.

    Args:
        shading: ``(B, 3, H, W)``.
        white: What the mean should be.

    Returns:
        Scalar, 0 for a shading that is white on average.
    """
    return (shading.mean((0, 2, 3)) - white).square().mean()


@LOSSES.register_module()
class ShadingWhiteLoss(nn.Module):
    """White average shading, which leaves the colour to the albedo; see :func:`shading_white_loss`.

    Args:
        white: What the mean should be.
    """

    def __init__(self, white: float = WHITE) -> None:
        super().__init__()
        self.white = white

    def forward(self, shading: Tensor) -> Tensor:
        """Return the loss of a shading ``(B, 3, H, W)``."""
        return shading_white_loss(shading, self.white)
