"""Priors on a jaw given as Euler angles."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def euler_jaw_loss(jaw: Tensor, closing_weight: float = 1.0, sideways_weight: float = 1.0) -> Tensor:
    """A jaw opens and hardly does anything else.

    Closing beyond the rest pose (a negative pitch) costs its square, and so do yaw and roll.

    Args:
        jaw: Euler angles in radians (pitch, positive opens; yaw; roll), ``(B, 3)``.
        closing_weight: Weight of a negative pitch.
        sideways_weight: Weight of yaw and roll.

    Returns:
        Scalar in rad², 0 for a jaw that only opens.
    """
    require_shape("jaw", jaw, (None, 3))
    closing = (-jaw[:, 0]).clamp_min(0.0).square().mean()
    sideways = jaw[:, 1:].square().sum(1).mean()
    return closing_weight * closing + sideways_weight * sideways


@LOSSES.register_module()
class EulerJawLoss(nn.Module):
    """Prior on the jaw's Euler angles; see :func:`euler_jaw_loss`.

    Args:
        closing_weight: Weight of a negative pitch.
        sideways_weight: Weight of yaw and roll.
    """

    def __init__(self, closing_weight: float = 1.0, sideways_weight: float = 1.0) -> None:
        super().__init__()
        self.closing_weight, self.sideways_weight = closing_weight, sideways_weight

    def forward(self, jaw: Tensor) -> Tensor:
        """Return the loss of Euler angles ``(B, 3)``."""
        return euler_jaw_loss(jaw, self.closing_weight, self.sideways_weight)
