"""The convolutional part of a ResNet, in any width, with torchvision's key names."""

import torch
from torch import Tensor, nn
from torchvision.models.resnet import BasicBlock, Bottleneck

from aucgan.frozen.frozen_layers import is_frozen
from aucgan.frozen.frozen_resnet import frozen_resnet_features

RESNET_STAGES: dict[int, tuple[type[BasicBlock | Bottleneck], tuple[int, int, int, int]]] = {
    18: (BasicBlock, (2, 2, 2, 2)),
    34: (BasicBlock, (3, 4, 6, 3)),
    50: (Bottleneck, (3, 4, 6, 3)),
    101: (Bottleneck, (3, 4, 23, 3)),
    152: (Bottleneck, (3, 8, 36, 3)),
}
"""Depth → (block, blocks in each of the four stages), He et al. 2016, table 1."""


class ResNetTrunk(nn.Module):
    """A ResNet without its classifier, with the stride on the 3x3 convolution as in torchvision [1].

    At ``width=64`` its keys and shapes are torchvision's, so published weights load; a smaller width gives a
    network with the same anatomy that trains on a CPU.

    Args:
        depth: One of 18, 34, 50, 101, 152.
        width: Channels of the stem; the stages have 1, 2, 4 and 8 times as many (times 4 with bottlenecks).

    [1] He et al., Deep residual learning for image recognition, CVPR 2016.
    """

    layer1: nn.Sequential
    layer2: nn.Sequential
    layer3: nn.Sequential
    layer4: nn.Sequential

    def __init__(self, depth: int = 50, width: int = 64) -> None:
        super().__init__()
        if depth not in RESNET_STAGES:
            raise ValueError(f"depth={depth} is no ResNet that we have: choose one of {sorted(RESNET_STAGES)}")
        block, sizes = RESNET_STAGES[depth]
        self.conv1 = nn.Conv2d(3, width, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        self.relu = nn.ReLU(inplace=True)
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        channels = width
        for i, size in enumerate(sizes):
            planes = width * 2**i
            self.add_module(f"layer{i + 1}", _stage(block, channels, planes, size, stride=1 if i == 0 else 2))
            channels = planes * block.expansion
        self.out_channels = channels
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")

    def forward(self, image: Tensor) -> Tensor:
        """Map an image ``(B,3,H,W)`` to features ``(B,out_channels,H/32,W/32)``."""
        if is_frozen(self):
            return frozen_resnet_features(self, image)
        x = self.maxpool(self.relu(self.bn1(self.conv1(image))))
        return self.layer4(self.layer3(self.layer2(self.layer1(x))))


def _stage(block: type[BasicBlock | Bottleneck], channels: int, planes: int, size: int, stride: int) -> nn.Sequential:
    """One stage of residual blocks, the first of which may change width and resolution."""
    out = planes * block.expansion
    shortcut = None
    if stride != 1 or channels != out:
        shortcut = nn.Sequential(nn.Conv2d(channels, out, 1, stride, bias=False), nn.BatchNorm2d(out))
    blocks = [block(channels, planes, stride, shortcut)]
    return nn.Sequential(*blocks, *(block(out, planes) for _ in range(size - 1)))


def pooled(feature_map: Tensor) -> Tensor:
    """Mean over all places of a feature map ``(B,C,H,W)``, ``(B,C)``, in float32 at least."""
    return _widened(feature_map).mean(dim=(2, 3))


class CodeHead(nn.Sequential):
    """The two-layer regressor of DECA's encoders: linear, ReLU, linear (keys ``0.*`` and ``2.*``).

    It computes in float32 also under autocast: camera and pose move every pixel, and half precision has no more than
    eight bits for them.

    Args:
        in_features: Channels of the pooled features.
        hidden: Width of the hidden layer.
        out_features: Length of the code.
    """

    def __init__(self, in_features: int, hidden: int, out_features: int) -> None:
        super().__init__(nn.Linear(in_features, hidden), nn.ReLU(), nn.Linear(hidden, out_features))

    def forward(self, features: Tensor) -> Tensor:
        """Map pooled features ``(B,C)`` to a code ``(B,out_features)``, in float32 at least."""
        with torch.autocast(features.device.type, enabled=False):
            return super().forward(_widened(features))


def _widened(x: Tensor) -> Tensor:
    return x.to(torch.promote_types(x.dtype, torch.float32))
