"""Image backbones of the action-unit networks: torchvision's classes, handing on tokens instead of logits."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.swin_transformer import SwinTransformer

from aucgan.frozen.frozen_layers import is_frozen
from aucgan.frozen.frozen_resnet import frozen_resnet_features
from aucgan.models.au.slim_backbone import SlimResNet


class ResNetTokens(ResNet):
    """torchvision's ResNet; its last feature map as tokens ``(B, T, out_channels)``."""

    def __init__(self, block: type[nn.Module], layers: list[int]) -> None:
        super().__init__(block, layers)
        self.out_channels = 512 * block.expansion
        del self.avgpool, self.fc

    def forward(self, image: Tensor) -> Tensor:
        """Image ``(B, 3, H, W)`` to tokens ``(B, ⌈H/32⌉ · ⌈W/32⌉, out_channels)``, row by row."""
        if is_frozen(self):
            x = frozen_resnet_features(self, image)
        else:
            x = self.maxpool(self.relu(self.bn1(self.conv1(image))))
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.flatten(2).transpose(1, 2)


class SwinTokens(SwinTransformer):
    """torchvision's Swin transformer (window 7, patch 4); its normalised last tokens ``(B, T, out_channels)``."""

    def __init__(self, embed_dim: int, depths: list[int], heads: list[int], stochastic_depth: float) -> None:
        super().__init__([4, 4], embed_dim, depths, heads, [7, 7], stochastic_depth_prob=stochastic_depth)
        self.out_channels = embed_dim * 2 ** (len(depths) - 1)
        del self.avgpool, self.head, self.permute, self.flatten

    def forward(self, image: Tensor) -> Tensor:
        """Image ``(B, 3, H, W)`` to tokens ``(B, ⌈H/32⌉ · ⌈W/32⌉, out_channels)``, row by row."""
        return self.norm(self.features(image)).flatten(1, 2)


@dataclass(frozen=True)
class BackboneSpec:
    """How a backbone is built.

    Attributes:
        factory: Class of the backbone.
        args: Its arguments.
        dim: Channels C that the published action-unit networks use behind it.
    """

    factory: type[nn.Module]
    args: tuple
    dim: int


BACKBONES: dict[str, BackboneSpec] = {
    "resnet18": BackboneSpec(ResNetTokens, (BasicBlock, [2, 2, 2, 2]), 128),
    "resnet50": BackboneSpec(ResNetTokens, (Bottleneck, [3, 4, 6, 3]), 512),
    "resnet101": BackboneSpec(ResNetTokens, (Bottleneck, [3, 4, 23, 3]), 512),
    "swin_t": BackboneSpec(SwinTokens, (96, [2, 2, 6, 2], [3, 6, 12, 24], 0.2), 384),
    "swin_s": BackboneSpec(SwinTokens, (96, [2, 2, 18, 2], [3, 6, 12, 24], 0.3), 384),
    "swin_b": BackboneSpec(SwinTokens, (128, [2, 2, 18, 2], [4, 8, 16, 32], 0.5), 512),
    "resnet_slim": BackboneSpec(SlimResNet, (), 64),
}
"""Name (as torchvision's) → specification."""


def build_backbone(name: str, **kwargs: object) -> nn.Module:
    """Build a backbone by name; it maps an image to tokens and has ``out_channels``.

    Args:
        name: One of :data:`BACKBONES`.
        **kwargs: Further arguments of the backbone's class (the slim one's widths).

    Raises:
        ValueError: The name is unknown.
    """
    if name not in BACKBONES:
        raise ValueError(f"backbone is '{name}'; choose one of {', '.join(BACKBONES)}")
    spec = BACKBONES[name]
    return spec.factory(*spec.args, **kwargs)
