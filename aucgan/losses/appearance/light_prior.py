"""Prior towards white light."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def light_prior_loss(light: Tensor) -> Tensor:
    """Mean squared distance of every spherical-harmonics coefficient to its mean over RGB.

    Args:
        light: SH index by RGB, ``(B, 9, 3)``.

    Returns:
        Scalar, 0 for white light.
    """
    require_shape("light", light, (None, 9, 3))
    return (light - light.mean(dim=2, keepdim=True)).square().mean()


@LOSSES.register_module()
class LightPriorLoss(nn.Module):
    """Prior towards white light; see :func:`light_prior_loss`."""

    def forward(self, light: Tensor) -> Tensor:
        """Return the loss of a light ``(B, 9, 3)``."""
        return light_prior_loss(light)
