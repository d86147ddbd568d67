"""The action-unit loss of the old method, kept for comparison."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def legacy_au_feature_loss(pred_probs: Tensor, target_probs: Tensor) -> Tensor:
    """Binary cross-entropy with the photo's probabilities as *logits* and the rendered face's as labels.

    The gradient with respect to the prediction is minus the photo's probability, whatever the prediction is: it
    pushes every action unit up without end and never pulls one towards the photo. Use :class:`AUFeatureLoss`.

    Args:
        pred_probs: Probabilities seen in the rendered face, ``(B, 41)``.
        target_probs: Probabilities seen in the photo, ``(B, 41)``; detached here.

    Returns:
        Scalar.
    """
    require_same_shape(pred_probs=pred_probs, target_probs=target_probs)
    photo = target_probs.detach()
    return (F.softplus(photo) - photo * pred_probs).mean()


@LOSSES.register_module()
class LegacyAUFeatureLoss(nn.Module):
    """The old action-unit loss with its swapped arguments; see :func:`legacy_au_feature_loss`."""

    def forward(
        self,
        pred_probs: Tensor,
        target_probs: Tensor,
        pred_afn: Tensor | None = None,
        target_afn: Tensor | None = None,
    ) -> Tensor:
        """Return the loss of two ``(B, 41)`` probabilities; the features are not used."""
        return legacy_au_feature_loss(pred_probs, target_probs)
