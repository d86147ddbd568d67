"""DECA's unconditioned detail decoder, the baseline."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.models.component import Component
from aucgan.models.generators.conditioning import resolutions
from aucgan.registry import MODELS

START_SIZE = 8
WIDTHS = (128, 64, 64, 32, 16)
"""Channels of DECA's five blocks, 16 px to 256 px."""

BLOCK_EPS = 0.8
"""The BatchNorm epsilon with which DECA's weights were trained (an old slip of GAN code, now part of them)."""


@MODELS.register_module()
class DetailDecoder(Component):
    """DECA's detail decoder [1]: one concatenated code in, uv displacement out; no action units.

    The published keys are ``l1.0.*`` and ``conv_blocks.N.*``. Its own ``forward`` takes the whole code;
    ``DetailDecoderGenerator`` gives it the contract of our generators.

    Args:
        latent_dim: Length of the code; 181 = jaw 3, exp 50, detail 128.
        uv_size: Side S of the displacement map; the published one is 256, each halving drops the last block.
        max_z: Largest displacement, metres.
        base_channels: Channels at 256 px; the other widths scale with it. 16 is the published width.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Feng et al., Learning an animatable detailed 3D face model from in-the-wild images, SIGGRAPH 2021.
    """

    def __init__(
        self,
        latent_dim: int = 181,
        uv_size: int = 256,
        max_z: float = 0.01,
        base_channels: int = WIDTHS[-1],
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        n_blocks = len(resolutions(START_SIZE, uv_size)) - 1
        if n_blocks > len(WIDTHS):
            raise ValueError(f"uv_size={uv_size} is more than DetailDecoder can do: at most 256")
        self.max_z = max_z
        widths = [width * base_channels // WIDTHS[-1] for width in WIDTHS]
        channels = widths[0]
        self.l1 = nn.Sequential(
            nn.Linear(latent_dim, channels * START_SIZE**2), nn.Unflatten(1, (channels, START_SIZE, START_SIZE))
        )
        layers: list[nn.Module] = [nn.BatchNorm2d(channels)]
        for width in widths[:n_blocks]:
            layers += _block(channels, width)
            channels = width
        self.conv_blocks = nn.Sequential(*layers, nn.Conv2d(channels, 1, 3, padding=1), nn.Tanh())

    def forward(self, code: Tensor) -> Tensor:
        """Map a code ``(B,latent_dim)`` to a displacement in metres, ``(B,1,S,S)`` in [-max_z, max_z]."""
        return self.max_z * self.conv_blocks(self.l1(code))


def _block(channels: int, out_channels: int) -> list[nn.Module]:
    return [
        nn.Upsample(scale_factor=2, mode="bilinear", align_corners=False),
        nn.Conv2d(channels, out_channels, 3, padding=1),
        nn.BatchNorm2d(out_channels, eps=BLOCK_EPS),
        nn.LeakyReLU(0.2, inplace=True),
    ]
