"""Implicit diversified Markov random field loss on VGG19 features."""

from __future__ import annotations

from functools import reduce
from operator import add
from pathlib import Path

import torch
from torch import Tensor, nn

from aucgan.frozen.vgg19 import VGG19Features
from aucgan.losses.image.mrf import CHUNK, mrf_loss
from aucgan.losses.shape_checks import require_choice, require_same_shape
from aucgan.registry import LOSSES


@LOSSES.register_module()
class IDMRFLoss(nn.Module):
    """ID-MRF loss (Wang et al., NeurIPS 2018): every target patch finds its own match in the generated image.

    The default layers are those of the published checkpoints of DECA, by their standard names; see
    :func:`aucgan.losses.image.mrf.mrf_loss` for the formula.

    Args:
        vgg_weights: Path of torchvision's VGG19 weights; ``'random'`` for tests; ``None`` until a state dict is loaded.
        style_layers: Layers of the style term.
        content_layers: Layers of the content term.
        style_weight: Weight of the style term.
        content_weight: Weight of the content term.
        reduction: ``'mean'`` over the batch, or ``'sum'`` as published.
        chunk: Positions visited at once.

    Raises:
        ValueError: For an unknown layer or reduction, or a weight file that does not fit.
    """

    def __init__(
        self,
        vgg_weights: str | Path | None = None,
        style_layers: tuple[str, ...] = ("relu3_1", "relu4_1"),
        content_layers: tuple[str, ...] = ("relu4_1",),
        style_weight: float = 1.0,
        content_weight: float = 1.0,
        reduction: str = "mean",
        chunk: int = CHUNK,
    ) -> None:
        super().__init__()
        self.reduction = require_choice("reduction", reduction, ("mean", "sum"))
        self.chunk = chunk
        # A layer in both terms is computed once, with the sum of the weights.
        self.layer_weights: dict[str, float] = {}
        for layers, weight in ((style_layers, style_weight), (content_layers, content_weight)):
            for layer in layers:
                self.layer_weights[layer] = self.layer_weights.get(layer, 0.0) + weight
        self.vgg = VGG19Features(tuple(self.layer_weights), vgg_weights)

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Return the loss.

        Args:
            pred: Generated image, ``(B, 3, H, W)`` in [0, 1].
            target: Photo, ``(B, 3, H, W)`` in [0, 1]; no gradient flows into it.

        Raises:
            RuntimeError: If VGG19 has no weights.
        """
        require_same_shape(pred=pred, target=target)
        with torch.no_grad():
            target_features = self.vgg(target)
        pred_features = self.vgg(pred)
        terms = (
            weight * mrf_loss(pred_features[layer], target_features[layer], self.reduction, self.chunk)
            for layer, weight in self.layer_weights.items()
        )
        return reduce(add, terms)
