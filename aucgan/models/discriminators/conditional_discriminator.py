"""The discriminator of v1, as it stood, on logits."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.action_units import N_MAIN
from aucgan.models.component import Component
from aucgan.registry import MODELS

PLANES = 3
"""The 27 nodes are viewed as 3 planes of 9 rows, each as wide as a node's features."""


@MODELS.register_module()
class ConditionalDiscriminator(Component):
    """The patch discriminator of v1: AU features viewed as a 3-channel image beside the photo.

    ``afn`` (B,27,512) is viewed as 3x9x512, resized bilinearly to the photo and concatenated: an arrangement
    without spatial meaning, kept so that v1 can be compared. Five 3x3 convolutions, LeakyReLU 0.2: 64 (stride 2),
    128 (stride 2), 256 (stride 2), 512 and 1, with instance norm on the middle three. The last one gives logits
    where v1 had a sigmoid: 28x28 patch decisions at 224 px.

    Args:
        afn_dim: Channels of the AU features; the view takes any.
        base_channels: Channels of the first convolution; the others scale with it.
        max_channels: Upper limit of that.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.
    """

    def __init__(
        self, afn_dim: int = 512, base_channels: int = 64, max_channels: int = 512, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        self.afn_dim = afn_dim
        widths = [min(max_channels, base_channels * 2**i) for i in range(4)]
        self.layers = nn.Sequential(
            nn.Conv2d(3 + PLANES, widths[0], 3, 2, 1),
            nn.LeakyReLU(0.2, inplace=True),
            *_norm_block(widths[0], widths[1], stride=2),
            *_norm_block(widths[1], widths[2], stride=2),
            *_norm_block(widths[2], widths[3], stride=1),
            nn.Conv2d(widths[3], 1, 3, 1, 1),
        )

    def forward(self, image: Tensor, afn: Tensor) -> Tensor:
        """Judge an image ``(B,3,H,W)`` in [0,1] under AU features ``(B,27,afn_dim)``: logits ``(B,1,H/8,W/8)``."""
        planes = afn.reshape(-1, PLANES, N_MAIN // PLANES, self.afn_dim)
        planes = F.interpolate(planes, image.shape[-2:], mode="bilinear", align_corners=False)
        return self.layers(torch.cat([image, planes], dim=1))


def _norm_block(channels: int, out_channels: int, stride: int) -> list[nn.Module]:
    """A convolution with instance norm, which would take its bias out again: it has none."""
    return [
        nn.Conv2d(channels, out_channels, 3, stride, 1, bias=False),
        nn.InstanceNorm2d(out_channels),
        nn.LeakyReLU(0.2, inplace=True),
    ]
