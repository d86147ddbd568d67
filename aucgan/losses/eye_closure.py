"""Openness of the eyes."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.landmark_pairs import Pairs, pair_distance_loss
from aucgan.registry import LOSSES

#: Zero-based landmarks, upper against lower lid.
EYE_PAIRS: Pairs = ((37, 41), (38, 40), (43, 47), (44, 46))


def eye_closure_loss(pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
    """Mean absolute difference of the distances of the pairs in :data:`EYE_PAIRS`.

    Args:
        pred: Predicted points, ``(B, 68, 2)``.
        target: True points, ``(B, 68, 2)``.
        visibility: ``(B, 68)``; a pair counts where both points are visible.

    Returns:
        Scalar; it does not depend on where the face is, only on how far it is open.
    """
    return pair_distance_loss(pred, target, EYE_PAIRS, visibility)


@LOSSES.register_module()
class EyeClosureLoss(nn.Module):
    """Openness of the eyes, upper against lower lid; see :func:`eye_closure_loss`."""

    def forward(self, pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
        """Return the loss of ``pred`` against ``target``, both ``(B, 68, 2)``."""
        return eye_closure_loss(pred, target, visibility)
