"""The generator that looks at the skin."""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.action_units import N_AUS
from aucgan.models.component import Component
from aucgan.models.generators.conditioning import JAW_SCALE
from aucgan.models.generators.modulated_block import HEIGHT_GAIN, MAP_GAIN, Modulation, ModulationSizes, smooth_noise
from aucgan.models.layers.au_intensities import AUIntensityNodes
from aucgan.models.layers.resampling import upsample
from aucgan.registry import MODELS

GROUPS = 4


@MODELS.register_module()
class UVUNetGenerator(Component):
    """Skin as the photo shows it and the expression that is wanted → displacement, both in UV.

    What is aligned with the output stays aligned: a U-Net [1] whose input lies where its output will. It is told two
    expressions, the one under which the photo was taken and the one that is wanted, so that lines which the photo
    shows *because* of its expression go, and those come that the other one folds. Both modulate every resolution of
    the way down by a style vector (FiLM [2]); on the way up the intensities of the action units also modulate every
    position on its own, by attention over the 27 units, and each resolution has a learned map that gives positions of
    the registered UV plane an identity and a height map of its own, as in :class:`LatentAFNGenerator`.

    The lowest level is pooled into a latent of the whole face, which joins the style on the way up: it speaks for
    what the photo does not show.

    Args:
        in_channels: Maps of the skin, ``n_maps`` of the reader.
        n_exp: Number of expression coefficients.
        uv_size: Side S of the maps, a multiple of 2 to the number of halvings.
        max_z: Largest displacement, metres.
        widths: Channels by level, from the full resolution down; each level halves it.
        style_dim: Length of the style vector.
        node_dim: Channels of an action unit's embedding.
        attention_size: Attention over the units is computed on at most this side.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    [1] Ronneberger, Fischer & Brox, U-Net, MICCAI 2015. [2] Perez et al., FiLM, AAAI 2018.
    """

    def __init__(
        self,
        in_channels: int,
        n_exp: int = 50,
        uv_size: int = 128,
        max_z: float = 0.01,
        widths: Sequence[int] = (16, 32, 48, 64, 96),
        style_dim: int = 64,
        node_dim: int = 16,
        attention_size: int = 32,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        halvings = len(widths) - 1
        if halvings < 1 or uv_size % 2**halvings:
            raise ValueError(f"uv_size={uv_size} must be a multiple of {2**halvings}: {len(widths)} widths halve it")
        self.in_channels, self.uv_size, self.max_z = in_channels, uv_size, max_z
        self.expressions = nn.Sequential(
            nn.Linear(2 * (N_AUS + n_exp + 3), 2 * style_dim), nn.SiLU(), nn.Linear(2 * style_dim, style_dim), nn.SiLU()
        )
        self.nodes = AUIntensityNodes(node_dim, n_expressions=2)
        self.whole = nn.Sequential(nn.Linear(widths[-1] + style_dim, style_dim), nn.SiLU())
        self.down = nn.ModuleList(
            ReadingBlock(channels, width, style_dim)
            for channels, width in zip([in_channels, *widths], widths, strict=False)
        )
        self.up = nn.ModuleList(
            DrawingBlock(
                ModulationSizes(style_dim, node_dim, min(uv_size >> level, attention_size)),
                (widths[level + 1], widths[level], widths[level]),
                uv_size >> level,
            )
            for level in reversed(range(halvings))
        )

    def forward(
        self,
        skin: Tensor,
        shown: tuple[Tensor, Tensor, Tensor],
        wanted: tuple[Tensor, Tensor, Tensor],
    ) -> Tensor:
        """Make a displacement map.

        Args:
            skin: What the photo shows, ``(B, in_channels, S, S)``.
            shown: Under which expression it shows that: intensities of the action units in [0, 1] ``(B, 41)``,
                expression ``(B, n_exp)``, jaw as axis-angle in radians ``(B, 3)``.
            wanted: The expression whose displacement is made, in the same form.

        Returns:
            Displacement along the normal in metres, in [-max_z, max_z], ``(B, 1, S, S)``.

        Raises:
            ValueError: ``skin`` has another shape.
        """
        if skin.shape[1:] != (self.in_channels, self.uv_size, self.uv_size):
            raise ValueError(
                f"skin is {tuple(skin.shape)}, but (B, {self.in_channels}, {self.uv_size}, {self.uv_size}) was expected"
            )
        nodes = self.nodes(shown[0], wanted[0])
        style = self.expressions(torch.cat([_row(*shown), _row(*wanted)], dim=1))
        skips: list[Tensor] = []
        x = skin
        for block in self.down:
            x = block(F.avg_pool2d(x, 2) if skips else x, style)
            skips.append(x)
        style = self.whole(torch.cat([x.mean((2, 3)), style], dim=1))
        z = x.new_zeros(len(x), 1, *x.shape[2:])
        for block, skip in zip(self.up, skips[-2::-1], strict=True):
            x, height = block(x, skip, style, nodes)
            z = upsample(z, height.shape[-1]) + height
        return self.max_z * torch.tanh(z)


class ReadingBlock(nn.Module):
    """Two convolutions of a level on the way down, modulated by style, with a shortcut."""

    def __init__(self, channels: int, out_channels: int, style_dim: int) -> None:
        super().__init__()
        self.conv_in = nn.Conv2d(channels, out_channels, 3, padding=1, bias=False)
        self.norm_in = nn.GroupNorm(GROUPS, out_channels)
        self.conv_out = nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False)
        self.norm_out = nn.GroupNorm(GROUPS, out_channels)
        self.from_style = nn.Linear(style_dim, 2 * out_channels)
        self.shortcut = nn.Conv2d(channels, out_channels, 1)

    def forward(self, x: Tensor, style: Tensor) -> Tensor:
        """Map ``(B, channels, h, w)`` to ``(B, out_channels, h, w)``."""
        gamma, beta = self.from_style(style)[:, :, None, None].chunk(2, dim=1)
        read = self.norm_in(self.conv_in(x))
        read = F.silu(torch.addcmul(read + beta, read, gamma), inplace=True)
        return F.silu(self.norm_out(self.conv_out(read)) + self.shortcut(x), inplace=True)


class DrawingBlock(nn.Module):
    """One resolution of the way up: joins what was read there, modulated by style and action units.

    Args:
        sizes: Sizes of the modulation.
        channels: Of the resolution below, of the skip, and that go out.
        size: Side of this resolution.
    """

    def __init__(self, sizes: ModulationSizes, channels: tuple[int, int, int], size: int) -> None:
        super().__init__()
        below, skip, out = channels
        self.size = size
        self.from_below = nn.Conv2d(below, out, 1)
        self.conv_in = nn.Conv2d(out + skip, out, 3, padding=1, bias=False)
        self.norm_in = nn.GroupNorm(GROUPS, out)
        self.uv_map = nn.Parameter(smooth_noise(out, size) / MAP_GAIN)
        self.modulation = Modulation(sizes, out)
        self.conv_out = nn.Conv2d(out, out, 3, padding=1)
        self.to_height = nn.Conv2d(out, 1, 3, padding=1)

    def forward(self, x: Tensor, skip: Tensor, style: Tensor, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Features ``(B, out, size, size)`` and height map ``(B, 1, size, size)`` from those below and the skip."""
        x = torch.cat([upsample(self.from_below(x), self.size), skip], dim=1)
        x = torch.add(self.norm_in(self.conv_in(x)), self.uv_map, alpha=MAP_GAIN)
        x = F.silu(self.modulation(x, style, nodes), inplace=True)
        x = F.silu(self.conv_out(x), inplace=True)
        with torch.autocast(x.device.type, enabled=False):  # the steps of a half-precision height show in its normals
            return x, HEIGHT_GAIN * self.to_height(x.to(self.to_height.weight.dtype))


def _row(aus: Tensor, exp: Tensor, jaw_pose: Tensor) -> Tensor:
    """Intensities, expression and jaw in one row a sample, all of similar size, ``(B, 41 + n_exp + 3)``."""
    return torch.cat([aus, exp, JAW_SCALE * jaw_pose], dim=1)
