"""Image backbones of the action-unit networks: torchvision's classes, handing on tokens instead of logits."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck, ResNet
from torchvision.models.swin_transformer import SwinTransformer

from aucgan.models.au.frozen_layers import frozen_conv_bn, indexed_max_pool, masked_relu, passes_gradient_only
from aucgan.models.au.slim_backbone import SlimResNet


class ResNetTokens(ResNet):
    """torchvision's ResNet; its last feature map as tokens ``(B, T, out_channels)``."""

    def __init__(self, block: type[nn.Module], layers: list[int]) -> None:
        super().__init__(block, layers)
        self.out_channels = 512 * block.expansion
        del self.avgpool, self.fc

    def forward(self, image: Tensor) -> Tensor:
        """Image ``(B, 3, H, W)`` to tokens ``(B, ⌈H/32⌉ · ⌈W/32⌉, out_channels)``, row by row."""
        if passes_gradient_only(self, image):
            x = self._frozen_features(image)
        else:
            x = self.maxpool(self.relu(self.bn1(self.conv1(image))))
            x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return x.flatten(2).transpose(1, 2)

    def _frozen_features(self, image: Tensor) -> Tensor:
        """The same feature map, keeping only what the image's gradient needs."""
        x = indexed_max_pool(masked_relu(frozen_conv_bn(image, self.conv1, self.bn1)), self.maxpool)
        for layer in (self.layer1, self.layer2, self.layer3, self.layer4):
            for block in layer:
                x = _frozen_block(block, x)
        return x


def _frozen_block(block: BasicBlock | Bottleneck, x: Tensor) -> Tensor:
    shortcut = x if block.downsample is None else frozen_conv_bn(x, *block.downsample)
    y = masked_relu(frozen_conv_bn(x, block.conv1, block.bn1))
    y = frozen_conv_bn(y, block.conv2, block.bn2)
    if isinstance(block, Bottleneck):
        y = frozen_conv_bn(masked_relu(y), block.conv3, block.bn3)
    return masked_relu(y + shortcut)


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


def build_backbone(name: str, **kwargs) -> nn.Module:
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
