"""Perceptual distance on VGG19 features."""

from __future__ import annotations

from collections.abc import Sequence
from functools import reduce
from operator import add
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.frozen.vgg19 import VGG19Features
from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def feature_distance(pred: Tensor, target: Tensor) -> Tensor:
    """Mean absolute difference of two feature maps ``(B, C, H, W)``; the target is detached."""
    require_same_shape(pred=pred, target=target)
    return F.l1_loss(pred, target.detach())


@LOSSES.register_module()
class PerceptualLoss(nn.Module):
    """Mean L1 distance of VGG19 features (Johnson et al., ECCV 2016), averaged over layers.

    Args:
        vgg_weights: Path of torchvision's VGG19 weights; ``'random'`` for tests; ``None`` until a state dict is loaded.
        layers: Standard layer names.
        layer_weights: Weight of each layer; 1 by default.

    Raises:
        ValueError: For an unknown layer, a weight file that does not fit, or as many weights as layers not given.
    """

    def __init__(
        self,
        vgg_weights: str | Path | None = None,
        layers: Sequence[str] = ("relu1_2", "relu2_2", "relu3_2", "relu4_2"),
        layer_weights: Sequence[float] | None = None,
    ) -> None:
        super().__init__()
        weights = [1.0] * len(layers) if layer_weights is None else list(layer_weights)
        if len(weights) != len(layers):
            raise ValueError(f"{len(layers)} layers need as many layer_weights, but got {len(weights)}")
        self.layer_weights = dict(zip(layers, weights, strict=True))
        self.vgg = VGG19Features(tuple(layers), vgg_weights)

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two images ``(B, 3, H, W)`` in [0, 1]; no gradient flows into the target."""
        require_same_shape(pred=pred, target=target)
        with torch.no_grad():
            target_features = self.vgg(target)
        pred_features = self.vgg(pred)
        terms = [w * feature_distance(pred_features[n], target_features[n]) for n, w in self.layer_weights.items()]
        return reduce(add, terms) / len(terms)
