"""The class-conditional discriminator of v2."""

from __future__ import annotations

from typing import cast

import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from aucgan.models.component import Component
from aucgan.models.layers.au_attention import AUPooling
from aucgan.models.layers.resampling import halving_conv
from aucgan.registry import MODELS


@MODELS.register_module()
class ProjectionDiscriminator(Component):
    """Judge a photo by a score of its own and by its inner product with the AU condition [1].

    logit = ψ(φ) + ⟨V·c, φ⟩, where φ are the image's features, summed over positions, and c is pooled from the AU
    nodes by attention with learned queries. Every layer has spectral norm [2], so that the logits cannot run
    away. Works on any image of at least 64 px.

    Args:
        afn_dim: Channels of the AU features.
        base_channels: Channels of the first block; they double per block.
        max_channels: Upper limit of that.
        n_blocks: Residual blocks, each of which halves the resolution.
        condition_dim: Length of the pooled AU condition c.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Miyato & Koyama, cGANs with projection discriminator, ICLR 2018.
    [2] Miyato et al., Spectral normalization for generative adversarial networks, ICLR 2018.
    """

    def __init__(
        self,
        afn_dim: int = 512,
        base_channels: int = 64,
        max_channels: int = 512,
        n_blocks: int = 5,
        condition_dim: int = 128,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        widths = [min(max_channels, base_channels * 2**i) for i in range(n_blocks)]
        self.blocks = nn.Sequential(
            *(DownBlock(a, b, i > 0) for i, (a, b) in enumerate(zip([3, *widths], widths, strict=False)))
        )
        self.score = spectral_norm(nn.Linear(widths[-1], 1))
        self.condition = AUPooling(afn_dim, condition_dim)
        self.projection = spectral_norm(nn.Linear(condition_dim, widths[-1], bias=False))

    def forward(self, image: Tensor, afn: Tensor) -> Tensor:
        """Judge an image ``(B,3,H,W)`` in [0,1] under AU features ``(B,27,afn_dim)``: logits ``(B,1)``."""
        features = F.leaky_relu(self.blocks(2 * image - 1), 0.2).sum(dim=(2, 3))
        projected = self.projection(self.condition(afn))
        return self.score(features) + (projected * features).sum(dim=1, keepdim=True)


class DownBlock(nn.Module):
    """A residual block with spectral norm that halves the resolution by averaging.

    Args:
        channels: Channels that come in.
        out_channels: Channels that go out.
        activate_first: Whether the input is activated first; the image itself is not.
    """

    def __init__(self, channels: int, out_channels: int, activate_first: bool) -> None:
        super().__init__()
        self.activate_first = activate_first
        self.conv1 = spectral_norm(nn.Conv2d(channels, out_channels, 3, padding=1))
        self.conv2 = cast(nn.Conv2d, spectral_norm(nn.Conv2d(out_channels, out_channels, 3, padding=1)))
        self.shortcut = spectral_norm(nn.Conv2d(channels, out_channels, 1))

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B,channels,h,w)`` to ``(B,out_channels,h/2,w/2)``."""
        y = self.conv1(F.leaky_relu(x, 0.2) if self.activate_first else x)
        y = halving_conv(F.leaky_relu(y, 0.2, inplace=True), self.conv2.weight, self.conv2.bias)
        return y + self.shortcut(F.avg_pool2d(x, 2))
