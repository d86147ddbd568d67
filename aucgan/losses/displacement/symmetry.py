"""Left-right symmetry of the displacement where the photo does not show it."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.displacement.erosion import erode
from aucgan.losses.shape_checks import require_choice, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

REDUCTIONS = ("mean", "sum")


@full_precision
def symmetry_loss(uv_z: Tensor, visible: Tensor, erosion: int = 2, reduction: str = "mean") -> Tensor:
    """``|z - flip(z).detach()|`` over the texels that are not safely visible.

    The mirror image is a fixed target, so that the hidden half follows the visible one and not the reverse.

    Args:
        uv_z: Displacement in metres, ``(B, 1, S, S)``; the UV layout is symmetric about its vertical middle.
        visible: 1 where the photo shows the surface, ``(B, 1, S, S)``.
        erosion: Texels by which the visible region shrinks first.
        reduction: ``'mean'`` over the hidden texels; ``'sum'`` is the old formula, which grows with batch and size.

    Returns:
        Scalar in metres; 0 for a symmetric map.
    """
    require_same_shape(uv_z=uv_z, visible=visible)
    hidden = 1.0 - erode(visible.detach().to(uv_z), erosion)
    total = ((uv_z - uv_z.flip(-1).detach()).abs() * hidden).sum()
    return total if reduction == "sum" else total / batch_total(hidden).clamp_min(1e-6)


@LOSSES.register_module()
class SymmetryLoss(nn.Module):
    """Symmetry of the hidden part of the displacement; see :func:`symmetry_loss`.

    Args:
        erosion: Texels by which the visible region shrinks first.
        reduction: ``'mean'`` over the hidden texels, or ``'sum'`` (the old formula).
    """

    def __init__(self, erosion: int = 2, reduction: str = "mean") -> None:
        super().__init__()
        self.erosion = erosion
        self.reduction = require_choice("reduction", reduction, REDUCTIONS)

    def forward(self, uv_z: Tensor, visible: Tensor) -> Tensor:
        """Return the loss of ``uv_z`` given what is ``visible``, both ``(B, 1, S, S)``."""
        return symmetry_loss(uv_z, visible, self.erosion, self.reduction)
