"""The conditional generator of v1, as it stood."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.action_units import N_AUS, N_MAIN
from aucgan.models.component import Component
from aucgan.models.generators.conditioning import condition_list, resolutions
from aucgan.registry import MODELS


@MODELS.register_module()
class Generator3(Component):
    """The generator of v1: conditions concatenated to the latent at one position, then plain upsampling.

    ``afn`` is flattened to 13 824 channels and brought to 41 by a 1x1 convolution; with jaw 3, expression 50 and
    detailcode 128 that makes 222 channels at 1x1, which (upsample x2, convolution) blocks take to the full map:
    eight of them to 256. Kept so that v1 can be compared; :class:`LatentAFNGenerator` is its successor.

    The hidden widths are ``base_channels`` at the output's resolution and twice as many for each step below, up
    to ``max_channels``, with BatchNorm and LeakyReLU between.

    Args:
        latent_dim: Length of the latent (detailcode).
        afn_dim: Channels of the AU features.
        n_exp: Number of expression coefficients.
        uv_size: Side S of the displacement map, a power of two.
        max_z: Largest displacement, metres.
        condition_dim: Length of the optional compact condition; 0 = none.
        base_channels: Channels of the block before the last.
        max_channels: Upper limit of the hidden widths.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.
    """

    def __init__(
        self,
        latent_dim: int = 128,
        afn_dim: int = 512,
        n_exp: int = 50,
        uv_size: int = 256,
        max_z: float = 0.01,
        condition_dim: int = 0,
        base_channels: int = 16,
        max_channels: int = 256,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        n_blocks = len(resolutions(1, uv_size)) - 1
        hidden = [min(max_channels, base_channels * 2 ** (n_blocks - 2 - i)) for i in range(n_blocks - 1)]
        self.max_z = max_z
        self.condition_dim = condition_dim
        self.reduce_afn = nn.Conv2d(N_MAIN * afn_dim, N_AUS, 1)
        channels = [N_AUS + 3 + n_exp + latent_dim + condition_dim, *hidden]
        blocks = [_block(a, b) for a, b in zip(channels[:-1], hidden, strict=True)]
        self.blocks = nn.Sequential(*blocks, _enlarge(), nn.Conv2d(channels[-1], 1, 3, padding=1))

    def forward(
        self, latent: Tensor, afn: Tensor, exp: Tensor, jaw_pose: Tensor, condition: Tensor | None = None
    ) -> Tensor:
        """Make a displacement map ``(B,1,S,S)`` in metres, in [-max_z, max_z].

        Args:
            latent: The detailcode, ``(B,latent_dim)``.
            afn: AU features, ``(B,27,afn_dim)``.
            exp: Expression coefficients, ``(B,n_exp)``.
            jaw_pose: Jaw rotation, axis-angle in radians, ``(B,3)``.
            condition: Optional compact condition, ``(B,condition_dim)``.
        """
        units = self.reduce_afn(afn.flatten(1)[..., None, None]).flatten(1)  # (B,41)
        codes = [units, jaw_pose, exp, latent, *condition_list(condition, self.condition_dim)]
        return self.max_z * torch.tanh(self.blocks(torch.cat(codes, dim=1)[..., None, None]))


def _enlarge() -> nn.Module:
    return nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False)


def _block(channels: int, out_channels: int) -> nn.Sequential:
    return nn.Sequential(
        _enlarge(),
        nn.Conv2d(channels, out_channels, 3, padding=1, bias=False),
        nn.BatchNorm2d(out_channels),
        nn.LeakyReLU(0.2, inplace=True),
    )
