"""Weighted distance of the 68 landmarks."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_same_shape, require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

N_LANDMARKS = 68


def landmark_weights() -> Tensor:
    """The published weights of the 68 points (jaw corners, nose and mouth count more), ``(68,)``."""
    weights = torch.ones(N_LANDMARKS)
    weights[[5, 6, 10, 11]] = 2.0
    weights[27:36] = 1.5
    weights[48:68] = 1.5
    weights[[30, 31, 35, 48, 54]] = 3.0
    return weights


@full_precision
def landmark_loss(
    pred: Tensor, target: Tensor, visibility: Tensor | None = None, weights: Tensor | None = None
) -> Tensor:
    """``Σ vis·w·(|dx| + |dy|) / (2·Σ vis·w + 1e-8)``, the sums over points and batch.

    Args:
        pred: Predicted points, ``(B, 68, 2)``, image coordinates in [-1, 1].
        target: True points, ``(B, 68, 2)``.
        visibility: 1 where a point counts and 0 where it does not, ``(B, 68)``; all count by default.
        weights: Weight of each point, ``(68,)``; 1 by default.

    Returns:
        The mean absolute coordinate difference, a scalar; 0 for equal points.
    """
    require_same_shape(pred=pred, target=target)
    require_shape("pred", pred, (None, N_LANDMARKS, 2))
    weight = pred.new_ones(pred.shape[:2]) if visibility is None else visibility.to(pred)
    require_shape("visibility", weight, tuple(pred.shape[:2]))
    if weights is not None:
        weight = weight * weights.to(pred)
    distance = (pred - target).abs().sum(-1)  # (B, 68)
    return (distance * weight).sum() / (2.0 * batch_total(weight) + 1e-8)


@LOSSES.register_module()
class LandmarkLoss(nn.Module):
    """Weighted L1 distance of the 68 landmarks; see :func:`landmark_loss`.

    Args:
        weighted: Use the published point weights; otherwise every point counts 1.
    """

    weights: Tensor | None

    def __init__(self, weighted: bool = True) -> None:
        super().__init__()
        self.register_buffer("weights", landmark_weights() if weighted else None, persistent=False)

    def forward(self, pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
        """Return the loss of ``pred`` against ``target``, both ``(B, 68, 2)``."""
        return landmark_loss(pred, target, visibility, self.weights)
