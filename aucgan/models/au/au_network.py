"""What the two action-unit networks share: preprocessing, backbone, token projection, output choice."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import torch
from torch import Tensor
from torch.nn import functional as F

from aucgan.models.au.backbones import BACKBONES, build_backbone
from aucgan.models.au.heads import AUHead
from aucgan.models.au.key_translation import translate
from aucgan.models.au.linear_block import LinearBlock
from aucgan.models.component import Component

IMAGENET_MEAN = (0.485, 0.456, 0.406)
IMAGENET_STD = (0.229, 0.224, 0.225)
AFN_CHOICES = ("nodes", "normalized", "pre_graph")


class AUNetwork(Component):
    """Backbone → tokens → linear block → head; see :class:`MEFARG` for the arguments."""

    _mean: Tensor
    _std: Tensor

    def __init__(
        self,
        head: Callable[..., AUHead],
        head_args: dict,
        backbone: str,
        dim: int | None,
        afn: str,
        normalize: bool,
        input_size: int | None,
        backbone_args: dict | None,
        init_cfg: dict | None,
    ) -> None:
        super().__init__(init_cfg)
        if afn not in AFN_CHOICES:
            raise ValueError(f"afn is '{afn}'; choose one of {', '.join(AFN_CHOICES)}")
        self.backbone = build_backbone(backbone, **(backbone_args or {}))
        self.dim = dim or BACKBONES[backbone].dim
        self.global_linear = LinearBlock(self.backbone.out_channels, self.dim)
        self.head = head(self.dim, **head_args)
        self.afn, self.normalize, self.input_size = afn, normalize, input_size
        self.register_buffer("_mean", torch.tensor(IMAGENET_MEAN).view(3, 1, 1), persistent=False)
        self.register_buffer("_std", torch.tensor(IMAGENET_STD).view(3, 1, 1), persistent=False)

    def translate_state(self, state: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Our key names for the published ones (``module.``, those of Swin v1); ours stay."""
        return translate(state)

    def load_state_dict(self, state_dict: Mapping[str, Tensor], *args: bool, **kwargs: bool) -> Any:
        """As torch's, but the published key names are understood too."""
        return super().load_state_dict(self.translate_state(state_dict), *args, **kwargs)

    def preprocess(self, image: Tensor) -> Tensor:
        """Resize to ``input_size`` and normalise, as far as the constructor asks for it."""
        if self.input_size is not None and image.shape[-2:] != (self.input_size, self.input_size):
            size = (self.input_size, self.input_size)
            image = F.interpolate(image, size, mode="bilinear", align_corners=False, antialias=True)
        return (image - self._mean) / self._std if self.normalize else image

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Action units of an image.

        Args:
            image: ``(B, 3, H, W)``: in [0, 1] with ``normalize=True``, else normalised as ImageNet.

        Returns:
            Probabilities ``(B, 41)`` in the order of :data:`aucgan.action_units.AU_NAMES`, and the features of the
            27 nodes ``(B, 27, C)``.
        """
        return self.read_tokens(self.backbone(self.preprocess(image)))

    def read_tokens(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """As :meth:`forward`, from the backbone's tokens ``(B, T, C_in)``."""
        probabilities, before, after = self.head(self.global_linear(tokens))
        if self.afn == "pre_graph":
            return probabilities, before
        return probabilities, F.normalize(after, dim=-1) if self.afn == "normalized" else after

    def read_nodes(self, tokens: Tensor) -> Tensor:
        """Probabilities ``(B, 41)`` by the nodes before the graph, from tokens ``(B, T, C_in)``; far cheaper."""
        return self.head.classify(self.head.node_tokens(self.global_linear(tokens)).mean(dim=2))
