"""The rendered face must show the action units of the photo."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.losses.shape_checks import require_choice, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

MODES = ("bce", "cosine", "l1")

#: Probabilities are kept this far from 0 and 1, so that logarithms and gradients stay finite.
PROBABILITY_MARGIN = 1e-4


@full_precision
def au_probability_loss(pred_probs: Tensor, target_probs: Tensor) -> Tensor:
    """Binary cross-entropy of action-unit probabilities, at its minimum where both are equal.

    Args:
        pred_probs: Probabilities seen in the rendered face, ``(B, 41)`` in [0, 1].
        target_probs: Probabilities seen in the photo, ``(B, 41)``; detached here.

    Returns:
        Scalar; its minimum is the mean entropy of the target.
    """
    require_same_shape(pred_probs=pred_probs, target_probs=target_probs)
    pred = pred_probs.clamp(PROBABILITY_MARGIN, 1.0 - PROBABILITY_MARGIN)
    return F.binary_cross_entropy(pred, target_probs.detach().clamp(0.0, 1.0))


@full_precision
def au_cosine_loss(pred_afn: Tensor, target_afn: Tensor) -> Tensor:
    """One minus the cosine of each AU node's features, averaged over nodes and batch.

    Args:
        pred_afn: Node features of the rendered face, ``(B, 27, C)``.
        target_afn: Node features of the photo, ``(B, 27, C)``; detached here.

    Returns:
        Scalar in [0, 2].
    """
    require_same_shape(pred_afn=pred_afn, target_afn=target_afn)
    return 1.0 - F.cosine_similarity(pred_afn, target_afn.detach(), dim=-1).mean()


@full_precision
def au_l1_loss(pred_afn: Tensor, target_afn: Tensor) -> Tensor:
    """Mean absolute difference of node features ``(B, 27, C)``; the target is detached."""
    require_same_shape(pred_afn=pred_afn, target_afn=target_afn)
    return F.l1_loss(pred_afn, target_afn.detach())


@LOSSES.register_module()
class AUFeatureLoss(nn.Module):
    """Action-unit consistency of the rendered face and the photo.

    Args:
        mode: ``'bce'`` compares the probabilities; ``'cosine'`` and ``'l1'`` the node features.
    """

    def __init__(self, mode: str = "bce") -> None:
        super().__init__()
        self.mode = require_choice("mode", mode, MODES)

    def forward(
        self,
        pred_probs: Tensor,
        target_probs: Tensor,
        pred_afn: Tensor | None = None,
        target_afn: Tensor | None = None,
    ) -> Tensor:
        """Return the loss.

        Args:
            pred_probs: Probabilities seen in the rendered face, ``(B, 41)``.
            target_probs: Probabilities seen in the photo, ``(B, 41)``.
            pred_afn: Node features of the rendered face, ``(B, 27, C)``; not needed by ``'bce'``.
            target_afn: Node features of the photo, ``(B, 27, C)``; not needed by ``'bce'``.

        Raises:
            ValueError: If a feature mode is used without features.
        """
        if self.mode == "bce":
            return au_probability_loss(pred_probs, target_probs)
        if pred_afn is None or target_afn is None:
            raise ValueError(f"AUFeatureLoss(mode={self.mode!r}) compares features: give pred_afn and target_afn")
        return (au_cosine_loss if self.mode == "cosine" else au_l1_loss)(pred_afn, target_afn)
