"""What a photo shows of the skin, laid out where the displacement will lie."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.numerics.precision import full_precision
from aucgan.registry import MODELS
from aucgan.renderers.shading import irradiance
from aucgan.renderers.tangent_space import tangent_frame

DARK = 0.03
"""Added before logarithms: the noise of a photo's darkest parts."""

CONTRAST_GAIN = 4.0
"""Brings the contrast of skin (a wrinkle darkens by 5 to 20 %) to about unit size."""

TILT = 0.1
"""Slope by which normals are tilted to see how the shading answers."""


@MODELS.register_module()
class UVSkinReader(nn.Module):
    """Unwrapped photo, coarse surface and light → maps that a generator in UV can read folds from; nothing is learned.

    Local contrast of the brightness and of the same without the coarse shading, at several scales; local contrast of
    red against blue, which pigment and blood have and folds have not; the coarse shading, how much brighter the
    surface becomes where it tilts along u and along v (what a slope does to the photo: the linear model of shape from
    shading, Pentland 1988); the normals, and which texels the photo shows. Everything is 0 where it shows none.

    Args:
        reach: Radii in texels over which contrast is local; one pair of maps each.
    """

    def __init__(self, reach: Sequence[int] = (3, 12)) -> None:
        super().__init__()
        if not reach or min(reach) < 1:
            raise ValueError(f"reach must name radii of at least 1 texel, not {list(reach)}")
        self.reach = tuple(reach)

    @property
    def n_maps(self) -> int:
        """Channels of the maps."""
        return 2 * len(self.reach) + 8

    @full_precision
    def forward(
        self,
        uv_texture: Tensor,
        uv_visible: Tensor,
        uv_verts: Tensor,
        uv_normals: Tensor,
        uv_shading: Tensor,
        light: Tensor,
    ) -> Tensor:
        """Read.

        Args:
            uv_texture: The photo unwrapped, ``(B, 3, S, S)`` in [0, 1].
            uv_visible: Texels that the photo shows, ``(B, 1, S, S)``.
            uv_verts: Positions of the coarse surface, metres, ``(B, 3, S, S)``.
            uv_normals: Its normals, ``(B, 3, S, S)``.
            uv_shading: Its shading, ``(B, 3, S, S)``.
            light: What ``uv_shading`` was made with, ``(B, 9, 3)``.

        Returns:
            ``(B, n_maps, S, S)``, of about unit size.
        """
        colours = torch.log(uv_texture.clamp_min(0) + DARK)
        brightness = colours.mean(1, keepdim=True)
        shading = uv_shading.mean(1, keepdim=True).clamp_min(0) + DARK
        flat = brightness - shading.log()
        maps = [shading.log(), uv_normals, *_responses(uv_verts, uv_normals, light, shading), uv_visible]
        contrasts = [_contrast(one, uv_visible, r) for r in self.reach for one in (brightness, flat)]
        pigment = _contrast(colours[:, :1] - colours[:, 2:], uv_visible, self.reach[0])
        return torch.cat([CONTRAST_GAIN * one for one in (*contrasts, pigment)] + maps, dim=1) * uv_visible


def _responses(uv_verts: Tensor, uv_normals: Tensor, light: Tensor, shading: Tensor) -> list[Tensor]:
    """Relative change of the shading where the surface rises by one along u, and along v, ``(B, 1, S, S)`` each."""
    tangent, bitangent, up = tangent_frame(uv_verts, uv_normals)
    answers = []
    for along in (tangent, bitangent):
        tilted = [irradiance(F.normalize(up + side * TILT * along, dim=1), light) for side in (-1.0, 1.0)]
        answers.append((tilted[0] - tilted[1]).mean(1, keepdim=True) / (2 * TILT * shading))
    return answers


def _contrast(values: Tensor, visible: Tensor, reach: int) -> Tensor:
    """Difference from the mean of the visible neighbourhood, ``(B, 1, S, S)``; 0 where nothing is visible."""
    return (values - _smooth(values * visible, reach) / _smooth(visible, reach).clamp_min(1e-3)) * visible


def _smooth(values: Tensor, reach: int) -> Tensor:
    """Two box means of ``2 reach + 1`` texels, which make a triangle-weighted mean; zeros outside."""
    side = 2 * reach + 1
    for _ in range(2):
        values = F.avg_pool2d(values, (1, side), stride=1, padding=(0, reach))
        values = F.avg_pool2d(values, (side, 1), stride=1, padding=(reach, 0))
    return values
