"""A slim residual backbone that learns from scratch on a CPU in minutes."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


def _conv_bn(in_channels: int, out_channels: int, kernel: int, stride: int) -> nn.Sequential:
    conv = nn.Conv2d(in_channels, out_channels, kernel, stride, kernel // 2, bias=False)
    return nn.Sequential(conv, nn.BatchNorm2d(out_channels))


class SlimBlock(nn.Module):
    """Two 3×3 convolutions with a shortcut.

    Args:
        in_channels: Channels of the input.
        out_channels: Channels of the output.
        stride: Stride of the first convolution.
    """

    def __init__(self, in_channels: int, out_channels: int, stride: int) -> None:
        super().__init__()
        self.conv1 = _conv_bn(in_channels, out_channels, 3, stride)
        self.conv2 = _conv_bn(out_channels, out_channels, 3, 1)
        same = stride == 1 and in_channels == out_channels
        self.shortcut = nn.Identity() if same else _conv_bn(in_channels, out_channels, 1, stride)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, in_channels, H, W)`` to ``(B, out_channels, H / stride, W / stride)``."""
        return F.relu(self.conv2(F.relu(self.conv1(x), inplace=True)) + self.shortcut(x), inplace=True)


class PlaceTokens(nn.Module):
    """Tokens that each look at the whole feature map with weights of their own.

    A face in the middle of its photo has its parts in known places. A fully connected layer uses that, where a mean
    over the map would drown a crease in the rest of the face (Deng et al., "ArcFace", CVPR 2019, make the same
    choice). The map is brought to a fixed grid first, so that images may have any size.

    Args:
        channels: Channels of the feature map.
        num_tokens: Number of tokens K.
        token_dim: Channels of a token.
        grid: Side of the grid.
        reduced: Channels that enter the fully connected layer.
    """

    def __init__(self, channels: int, num_tokens: int, token_dim: int, grid: int = 7, reduced: int = 32) -> None:
        super().__init__()
        self.num_tokens, self.grid = num_tokens, grid
        self.reduce = nn.Sequential(_conv_bn(channels, reduced, 1, 1), nn.ReLU(inplace=True))
        self.fc = nn.Linear(reduced * grid * grid, num_tokens * token_dim, bias=False)
        self.bn = nn.BatchNorm1d(num_tokens * token_dim)

    def forward(self, x: Tensor) -> Tensor:
        """Feature map ``(B, channels, H, W)`` to tokens ``(B, K, token_dim)``, of zero mean and unit variance."""
        x = self.reduce(x)
        if x.shape[-2:] != (self.grid, self.grid):
            x = F.adaptive_avg_pool2d(x, self.grid)
        return self.bn(self.fc(x.flatten(1))).unflatten(1, (self.num_tokens, -1))


class SlimResNet(nn.Module):
    """A residual network for small images: about 0.1 GFLOP at 112 px.

    Args:
        widths: Channels of the stem and of the stages behind it; each halves the image.
        depth: Blocks in each stage.
        num_tokens: Number of tokens handed on; see :class:`PlaceTokens`. 16 fill the vector registers of a CPU.
        token_dim: Channels of a token.
    """

    def __init__(
        self, widths: tuple[int, ...] = (24, 32, 64, 128), depth: int = 1, num_tokens: int = 16, token_dim: int = 64
    ) -> None:
        super().__init__()
        self.out_channels = token_dim
        self.stem = nn.Sequential(_conv_bn(3, widths[0], 5, 2), nn.ReLU(inplace=True))
        blocks = []
        for before, after in zip(widths, widths[1:], strict=False):
            blocks += [SlimBlock(before, after, 2), *(SlimBlock(after, after, 1) for _ in range(depth - 1))]
        self.blocks = nn.Sequential(*blocks)
        self.tokens = PlaceTokens(widths[-1], num_tokens, token_dim)

    def forward(self, image: Tensor) -> Tensor:
        """Image ``(B, 3, H, W)`` to tokens ``(B, num_tokens, token_dim)``."""
        return self.tokens(self.blocks(self.stem(image)))
