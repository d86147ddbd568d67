"""The image encoder of the detail stage."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.models.component import Component
from aucgan.models.layers.resampling import resize_image
from aucgan.registry import MODELS

LEAK = 0.2


@MODELS.register_module()
class DetailEncoder(Component):
    """Turn a photo into the latent ``detailcode`` with a pyramid of strided convolutions.

    The image is resized to ``input_size``; every 4x4 convolution halves it until one position is left. At 256
    these are eight layers with 64, 128, 256, 512, 1024, 512, 256 and ``latent_dim`` channels; a smaller input
    has one layer less for each halving and the same rise and fall of widths. The first layer has a ReLU, the
    others instance norm (not the last, which has one position) and a LeakyReLU.

    Args:
        latent_dim: Length of the detailcode.
        input_size: Side to which the image is resized, a power of two of at least 16.
        base_channels: Channels of the first layer; the others scale with it.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    Raises:
        ValueError: ``input_size`` is not a power of two of at least 16.
    """

    uses_afn = False

    def __init__(
        self,
        latent_dim: int = 128,
        input_size: int = 256,
        base_channels: int = 64,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        if input_size < 16 or input_size & (input_size - 1):
            raise ValueError(f"input_size={input_size} must be a power of two of at least 16, such as 128 or 256")
        self.input_size = input_size
        widths = [base_channels * factor for factor in _width_factors(input_size.bit_length() - 1)]
        blocks = [nn.Sequential(nn.Conv2d(3, widths[0], 4, 2, 1), nn.ReLU(inplace=True))]
        blocks += [_norm_block(a, b) for a, b in zip(widths[:-1], widths[1:], strict=True)]
        blocks.append(nn.Sequential(nn.Conv2d(widths[-1], latent_dim, 4, 2, 1), nn.LeakyReLU(LEAK)))
        self.blocks = nn.Sequential(*blocks)

    def forward(self, image: Tensor) -> Tensor:
        """Map an image ``(B,3,H,W)`` in [0,1] to a detailcode ``(B,latent_dim)``."""
        return self.blocks(resize_image(image, self.input_size)).flatten(1)


def _width_factors(n_layers: int) -> list[int]:
    """Widths of all layers but the last, in units of the first: 1 2 4 8 16 8 4 for eight layers."""
    return [2 ** min(i, n_layers - i) for i in range(n_layers - 1)]


def _norm_block(channels: int, out_channels: int) -> nn.Sequential:
    """A halving convolution; its bias would be taken out again by the instance norm, so it has none."""
    return nn.Sequential(
        nn.Conv2d(channels, out_channels, 4, 2, 1, bias=False),
        nn.InstanceNorm2d(out_channels),
        nn.LeakyReLU(LEAK, inplace=True),
    )
