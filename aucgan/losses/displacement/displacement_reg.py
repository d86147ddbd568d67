"""Small displacements are preferred."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def displacement_reg_loss(uv_z: Tensor) -> Tensor:
    """Mean absolute displacement.

    Args:
        uv_z: Displacement along the normal in metres, ``(B, 1, S, S)``.

    Returns:
        Scalar in metres, 0 for a smooth face.
    """
    return uv_z.abs().mean()


@LOSSES.register_module()
class DisplacementRegLoss(nn.Module):
    """Mean absolute UV displacement; see :func:`displacement_reg_loss`."""

    def forward(self, uv_z: Tensor) -> Tensor:
        """Return the loss of a displacement map ``(B, 1, S, S)``."""
        return displacement_reg_loss(uv_z)
