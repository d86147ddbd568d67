"""Gaussian prior on a code."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_choice
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

REDUCTIONS = ("mean", "sum")


@full_precision
def code_prior_loss(code: Tensor, reduction: str = "mean") -> Tensor:
    """``½ Σ code²``: the negative log-likelihood under N(0, 1), without its constant.

    Args:
        code: Coefficients in standard deviations, ``(B, N)``.
        reduction: ``'mean'`` over the batch, or ``'sum'`` over it as the published training does.

    Returns:
        Scalar, 0 for the mean face.
    """
    total = 0.5 * code.square().sum()
    return total / code.shape[0] if reduction == "mean" else total


@LOSSES.register_module()
class CodePriorLoss(nn.Module):
    """Gaussian (L2) prior on a shape, expression, texture or detail code; see :func:`code_prior_loss`.

    Args:
        reduction: ``'mean'`` or ``'sum'`` over the batch.
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = require_choice("reduction", reduction, REDUCTIONS)

    def forward(self, code: Tensor) -> Tensor:
        """Return the loss of a code ``(B, N)``."""
        return code_prior_loss(code, self.reduction)
