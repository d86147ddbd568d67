"""Albedo changes only where the colour changes."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def albedo_constancy_loss(albedo: Tensor, alpha: float = 15.0) -> Tensor:
    """Squared differences of neighbouring albedo, weighted down where the chromaticity changes.

    The weight of a difference is ``exp(-α·Δ²)`` with Δ the difference of chromaticity (channel over the sum of the
    channels); it is a constant for the gradient. A shadow changes brightness and not chromaticity, so it counts fully.

    Args:
        albedo: ``(B, C, H, W)``, non-negative.
        alpha: How fast the weight falls.

    Returns:
        Scalar, the sum of the means over rows and over columns; 0 for a constant albedo.
    """
    chromaticity = (albedo / (albedo.sum(1, keepdim=True) + 1e-6)).detach()
    rows, columns = (
        (albedo.diff(dim=axis).square() * (-alpha * chromaticity.diff(dim=axis).square()).exp()).mean()
        for axis in (2, 3)
    )
    return rows + columns


@LOSSES.register_module()
class AlbedoConstancyLoss(nn.Module):
    """Piecewise constant albedo; see :func:`albedo_constancy_loss`.

    Args:
        alpha: How fast the weight falls where the colour changes.
    """

    def __init__(self, alpha: float = 15.0) -> None:
        super().__init__()
        self.alpha = alpha

    def forward(self, albedo: Tensor) -> Tensor:
        """Return the loss of an albedo ``(B, C, H, W)``."""
        return albedo_constancy_loss(albedo, self.alpha)
