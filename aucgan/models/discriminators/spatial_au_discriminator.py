"""A patch discriminator that sees each action unit where its muscles act."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from aucgan.action_units import N_MAIN
from aucgan.models.component import Component
from aucgan.models.layers.au_attention import AUNodeEmbedding
from aucgan.models.layers.au_regions import region_maps
from aucgan.registry import MODELS


@MODELS.register_module()
class SpatialAUDiscriminator(Component):
    """Patch decisions over the photo's features and AU maps that lie on the muscles' regions.

    Each of the 27 nodes is read into ``unit_dim`` numbers, which are laid over the region in which that unit
    moves the skin (AU12 at the mouth's corners and cheeks, AU4 at the glabella, …) and concatenated to the
    image's features. So a patch is judged with the units that act in it, as in a patch discriminator with
    spatial conditions [1]; convolutions carry spectral norm [2].

    The region map is :func:`aucgan.models.layers.au_regions.region_maps`: Gaussian spots over the muscles that
    the FACS manual (Ekman, Friesen & Hager 2002) names for each unit, in the frame of the landmarks' box of an
    aligned crop. It is meant for such crops; a face far off the centre gets its units in the wrong place.

    Args:
        afn_dim: Channels of the AU features.
        base_channels: Channels of the first convolution; the others scale with it.
        max_channels: Upper limit of that.
        unit_dim: Numbers read from each node.
        crop_scale: Side of the crop over the side of the landmark box.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Isola et al., Image-to-image translation with conditional adversarial networks, CVPR 2017.
    [2] Miyato et al., Spectral normalization for generative adversarial networks, ICLR 2018.
    """

    def __init__(
        self,
        afn_dim: int = 512,
        base_channels: int = 64,
        max_channels: int = 512,
        unit_dim: int = 4,
        crop_scale: float = 1.6,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        widths = [min(max_channels, base_channels * 2**i) for i in range(4)]
        self.crop_scale = crop_scale
        self.units = AUNodeEmbedding(afn_dim, unit_dim)
        self.image_layers = nn.Sequential(*_halving(3, widths[0]), *_halving(widths[0], widths[1]))
        self.joint_layers = nn.Sequential(
            *_halving(widths[1] + N_MAIN * unit_dim, widths[2]),
            spectral_norm(nn.Conv2d(widths[2], widths[3], 3, 1, 1)),
            nn.LeakyReLU(0.2, inplace=True),
            spectral_norm(nn.Conv2d(widths[3], 1, 3, 1, 1)),
        )

    def forward(self, image: Tensor, afn: Tensor) -> Tensor:
        """Judge an image ``(B,3,H,W)`` in [0,1] under AU features ``(B,27,afn_dim)``: logits ``(B,1,H/8,W/8)``."""
        features = self.image_layers(2 * image - 1)
        height, width = features.shape[-2:]
        regions = region_maps(height, width, self.crop_scale, features.device)
        maps = torch.einsum("bnd,nhw->bndhw", F.leaky_relu(self.units(afn), 0.2), regions.to(features))
        return self.joint_layers(torch.cat([features, maps.flatten(1, 2)], dim=1))


def _halving(channels: int, out_channels: int) -> list[nn.Module]:
    return [spectral_norm(nn.Conv2d(channels, out_channels, 4, 2, 1)), nn.LeakyReLU(0.2, inplace=True)]
