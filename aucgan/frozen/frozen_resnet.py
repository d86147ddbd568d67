"""A frozen ResNet: BatchNorm folded into the convolutions, and lean when only its image wants a gradient."""

from __future__ import annotations

from typing import Any

from torch import Tensor
from torchvision.models.resnet import Bottleneck

from aucgan.frozen.frozen_layers import frozen_conv, frozen_max_pool, frozen_relu


def frozen_resnet_features(net: Any, image: Tensor) -> Tensor:
    """The last feature map ``(B, C, H/32, W/32)`` of a network with torchvision's names, frozen and in eval mode."""
    x = frozen_max_pool(frozen_relu(frozen_conv(image, net.conv1, net.bn1)), net.maxpool)
    for layer in (net.layer1, net.layer2, net.layer3, net.layer4):
        for block in layer:
            x = _block(block, x)
    return x


def _block(block: Any, x: Tensor) -> Tensor:
    deep = isinstance(block, Bottleneck)
    shortcut = x if block.downsample is None else frozen_conv(x, *block.downsample)
    y = frozen_relu(frozen_conv(x, block.conv1, block.bn1))
    y = frozen_conv(y, block.conv2, block.bn2)
    if deep:
        y = frozen_conv(frozen_relu(y), block.conv3, block.bn3)
    return frozen_relu(y.add_(shortcut))
