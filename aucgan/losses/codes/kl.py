"""Kullback-Leibler divergence of a Gaussian code to the standard normal."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_choice, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

REDUCTIONS = ("mean", "sum")


@full_precision
def kl_loss(mean: Tensor, log_variance: Tensor, reduction: str = "mean") -> Tensor:
    """``-½ Σ (1 + log σ² - μ² - σ²)`` (Kingma & Welling, ICLR 2014).

    Args:
        mean: ``(B, N)``.
        log_variance: ``(B, N)``.
        reduction: ``'mean'`` over the batch, or ``'sum'`` over it as published.

    Returns:
        Scalar, 0 for the standard normal.
    """
    require_same_shape(mean=mean, log_variance=log_variance)
    total = -0.5 * (1.0 + log_variance - mean.square() - log_variance.exp()).sum()
    return total / mean.shape[0] if reduction == "mean" else total


@LOSSES.register_module()
class KLLoss(nn.Module):
    """KL divergence of a Gaussian code to N(0, 1); see :func:`kl_loss`.

    Args:
        reduction: ``'mean'`` or ``'sum'`` over the batch.
    """

    def __init__(self, reduction: str = "mean") -> None:
        super().__init__()
        self.reduction = require_choice("reduction", reduction, REDUCTIONS)

    def forward(self, mean: Tensor, log_variance: Tensor) -> Tensor:
        """Return the divergence of ``mean`` and ``log_variance``, both ``(B, N)``."""
        return kl_loss(mean, log_variance, self.reduction)
