"""The reconstructed face is recognised as the person in the photo."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor, nn

from aucgan.frozen.face_recognition import VGGFace2Embedding, embedding_distance
from aucgan.losses.shape_checks import require_same_shape
from aucgan.registry import LOSSES


def identity_loss(pred: Tensor, target: Tensor, embed: nn.Module) -> Tensor:
    """``1 - cosine`` of the embeddings of two images; no gradient flows into the target.

    Args:
        pred: Rendered face, ``(B, 3, H, W)`` in [0, 1].
        target: Photo, ``(B, 3, H, W)``.
        embed: Network ``(B, 3, H, W) → (B, N)``.

    Returns:
        Scalar in [0, 2]; 0 for the same face.
    """
    require_same_shape(pred=pred, target=target)
    with torch.no_grad():
        target_embedding = embed(target)
    return embedding_distance(embed(pred), target_embedding)


@LOSSES.register_module()
class IdentityLoss(nn.Module):
    """Distance of face-recognition embeddings (VGGFace2 ResNet-50); see :func:`identity_loss`.

    Args:
        weights: Path of the published weights; ``'random'`` for tests; ``None`` until a state dict is loaded.
    """

    def __init__(self, weights: str | Path | None = None) -> None:
        super().__init__()
        self.embed = VGGFace2Embedding(weights)

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two images ``(B, 3, H, W)`` in [0, 1]."""
        return identity_loss(pred, target, self.embed)
