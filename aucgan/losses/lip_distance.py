"""Openness of the mouth."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.landmark_pairs import Pairs, pair_distance_loss
from aucgan.registry import LOSSES

#: Zero-based landmarks, upper against lower inner lip.
LIP_PAIRS: Pairs = ((61, 67), (62, 66), (63, 65))


def lip_distance_loss(pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
    """Mean absolute difference of the distances of the pairs in :data:`LIP_PAIRS`.

    Args:
        pred: Predicted points, ``(B, 68, 2)``.
        target: True points, ``(B, 68, 2)``.
        visibility: ``(B, 68)``; a pair counts where both points are visible.

    Returns:
        Scalar; it does not depend on where the face is, only on how far it is open.
    """
    return pair_distance_loss(pred, target, LIP_PAIRS, visibility)


@LOSSES.register_module()
class LipDistanceLoss(nn.Module):
    """Openness of the mouth, upper against lower inner lip; see :func:`lip_distance_loss`."""

    def forward(self, pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
        """Return the loss of ``pred`` against ``target``, both ``(B, 68, 2)``."""
        return lip_distance_loss(pred, target, visibility)
