"""One resolution of the AU-conditioned generator."""

from __future__ import annotations

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.models.layers.au_attention import AUAttention
from aucgan.models.layers.resampling import upsample

LEAK = 0.2
HEIGHT_GAIN = 0.01
"""Scale of each resolution's contribution: a new network starts near zero, and a step of Adam stays small."""

MAP_GAIN = 5.0
"""Learned maps are stored this much smaller than they act (and start at unit size): every optimiser step moves
them as much further, which a map that each texel must learn for itself needs beside shared convolutions."""


@dataclass(frozen=True)
class ModulationSizes:
    """Lengths of the style vector and of a node's embedding, and the side on which positions attend."""

    style_dim: int
    node_dim: int
    attention_size: int


class ModulatedBlock(nn.Module):
    """Convolve, enlarge, modulate by style and AUs, convolve, and give this resolution's height map.

    Args:
        sizes: Sizes of the modulation.
        channels: Channels that come in.
        out_channels: Channels that go out.
        size: Side of this resolution.
    """

    def __init__(self, sizes: ModulationSizes, channels: int, out_channels: int, size: int) -> None:
        super().__init__()
        self.size = size
        self.conv_in = nn.Conv2d(channels, out_channels, 3, padding=1)
        self.uv_map = nn.Parameter(smooth_noise(out_channels, size) / MAP_GAIN)
        self.modulation = Modulation(sizes, out_channels)
        self.conv_out = nn.Conv2d(out_channels, out_channels, 3, padding=1)
        self.to_height = nn.Conv2d(out_channels, 1, 3, padding=1)

    def forward(self, x: Tensor, style: Tensor, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Map ``(B,channels,h,h)`` to features ``(B,out_channels,size,size)`` and a height map ``(B,1,size,size)``.

        Args:
            x: Features of the resolution below (or of this one).
            style: Style vector, ``(B,style_dim)``.
            nodes: AU node embeddings, ``(B,27,node_dim)``.
        """
        x = torch.add(upsample(self.conv_in(x), self.size), self.uv_map, alpha=MAP_GAIN)
        x = F.leaky_relu(self.modulation(x, style, nodes), LEAK, inplace=True)
        x = F.leaky_relu(self.conv_out(x), LEAK, inplace=True)
        with torch.autocast(x.device.type, enabled=False):  # the steps of a half-precision height show in its normals
            return x, HEIGHT_GAIN * self.to_height(x.to(self.to_height.weight.dtype))


def smooth_noise(channels: int, size: int) -> Tensor:
    """Noise of about unit size and half the resolution, ``(1,channels,size,size)``.

    White noise would give positions an identity as well, but also give every new network's surface a grain that
    photographs hardly correct.
    """
    coarse = torch.randn(1, channels, max(1, size // 2), max(1, size // 2))
    return 1.5 * upsample(coarse, size)  # bilinear enlarging averages: 1.5 gives most of the size back


class Modulation(nn.Module):
    """Scale and shift features by style (everywhere alike) and by AUs (each position its own).

    Args:
        sizes: Sizes of the modulation.
        channels: Channels of the features.
    """

    def __init__(self, sizes: ModulationSizes, channels: int) -> None:
        super().__init__()
        self.grid = sizes.attention_size
        self.position = nn.Parameter(torch.randn(self.grid**2, sizes.node_dim) / MAP_GAIN)
        self.from_style = nn.Linear(sizes.style_dim, 2 * channels)
        self.attention = AUAttention(sizes.node_dim, sizes.node_dim, sizes.node_dim)
        self.from_nodes = nn.Linear(sizes.node_dim, 2 * channels, bias=False)

    def forward(self, x: Tensor, style: Tensor, nodes: Tensor) -> Tensor:
        """Modulate features ``(B,C,h,h)``."""
        answers = self.attention(MAP_GAIN * self.position, nodes)
        maps = self.from_style(style)[:, None] + self.from_nodes(answers)  # (B,grid²,2C)
        maps = upsample(maps.transpose(1, 2).unflatten(2, (self.grid, self.grid)), x.shape[-1])
        gamma, beta = maps.chunk(2, dim=1)
        return torch.addcmul(x + beta, x, gamma)
