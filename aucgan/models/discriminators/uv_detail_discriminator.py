"""The discriminator of v3: it judges the relief itself, where it lies on the face."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torch.nn.utils.parametrizations import spectral_norm

from aucgan.action_units import N_AUS
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.models.component import Component
from aucgan.models.layers.au_intensities import AUIntensityEmbedding
from aucgan.models.layers.au_regions import regions_at
from aucgan.numerics.precision import full_precision
from aucgan.registry import MODELS
from aucgan.renderers.face_chart import face_chart

HEIGHT_UNIT = 2e-4
"""Metres. Displacement of generated faces has a standard deviation of 0.21 mm, 0.04 to 0.38 mm on single ones."""
SLOPE_UNIT = 1e-4
"""Metres over 1/128 of the chart: the slopes of the same faces have 0.14 mm, averaged ones half of that."""
SLOPE_STEP = 128
LEAST_FACE = 0.1
"""Patches of which less belongs to the face are not judged."""
REGION_SPREAD = 2.0
"""The spots of the muscles are widened: forehead lines run above the frontalis' spots, and a patch is large."""


@MODELS.register_module()
class UVDetailDiscriminator(Component):
    """Judge displacement and its slopes in UV under the action units that are wanted, whole and in patches.

    logit of patch p = [ψ(Φ) + ⟨V·c, Φ⟩] + [ψₚ(φₚ) + ⟨Vₚ·cₚ, φₚ⟩], in each bracket a projection discriminator [1]: the
    evidence of the whole face, whose features Φ are summed over it, and that of the patch's own features φₚ are
    added, as logits of independent evidence are. c is read from the 41 intensities; cₚ from the same, each weighted
    by how much its muscle moves the skin of the patch (:func:`~aucgan.models.layers.au_regions.regions_at`), so that
    AU4 is judged at the glabella and AU12 at the cheeks [2]. A texel of the chart is the same place of every
    face, so each patch also has a learned place. All convolutions carry spectral norm [3].

    What it sees is the displacement times the face mask, which is what a face shows, in units of 0.2 mm, and the
    slopes of that, its differences between neighbouring texels in units of 0.1 mm over 1/128 of the chart: about one
    standard deviation each. Gradients with respect to metres are therefore some 10⁴ times larger than those of
    photos: give ``R1Penalty`` ``unit=1e-3`` for those with respect to millimetres.

    Args:
        uv_size: Side S of the displacement maps, ``patches`` times a power of two.
        head: The head whose chart the maps have: name or file, or ``dict(model=…, landmarks=…, topology=…)`` as
            ``FLAME`` and the renderer take them.
        base_channels: Channels of the first convolution; they double per halving.
        max_channels: Upper limit of that.
        patches: Patches along each side of the map; those off the face are left out.
        node_dim: Numbers of an action unit's direction.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.

    Raises:
        ValueError: ``uv_size`` is not ``patches`` times a power of two.

    [1] Miyato & Koyama, cGANs with projection discriminator, ICLR 2018.
    [2] Isola et al., Image-to-image translation with conditional adversarial networks, CVPR 2017.
    [3] Miyato et al., Spectral normalization for generative adversarial networks, ICLR 2018.
    """

    mask: Tensor
    judged: Tensor
    regions: Tensor

    def __init__(
        self,
        uv_size: int = 256,
        head: str | Path | Mapping[str, Any] = DEFAULT_HEAD,
        base_channels: int = 16,
        max_channels: int = 96,
        patches: int = 8,
        node_dim: int = 32,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.uv_size, self.patches = uv_size, patches
        self._add_face(head)
        widths = [min(max_channels, base_channels * 2**i) for i in range(_halvings(uv_size, patches))]
        steps = zip([3, *widths], widths, strict=False)
        self.trunk = nn.Sequential(*(layer for step in steps for layer in _halving(*step)))
        width, whole_width = widths[-1], min(max_channels, 2 * widths[-1])
        self.place = nn.Parameter(torch.zeros(width, len(self.judged)))
        self.whole = nn.Sequential(*_halving(width, whole_width))
        self.patch_judge = ProjectionJudge(width, node_dim)
        self.whole_judge = ProjectionJudge(whole_width, node_dim)

    def _add_face(self, head: str | Path | Mapping[str, Any]) -> None:
        """The mask, the patches that are judged, and how much each unit acts in them."""
        chart = face_chart(self.uv_size, head)
        side = self.uv_size // self.patches
        covered = F.avg_pool2d(chart.mask[None], side).flatten()  # (P²,)
        acting = F.avg_pool2d(regions_at(chart.x, chart.y, REGION_SPREAD) * chart.mask, side).flatten(1)  # (41,P²)
        judged = (covered >= LEAST_FACE).nonzero().squeeze(1)
        self.register_buffer("mask", chart.mask[None, None], persistent=False)
        self.register_buffer("judged", judged, persistent=False)
        self.register_buffer("regions", (acting / covered.clamp_min(LEAST_FACE))[:, judged].T, persistent=False)

    def forward(self, uv_z: Tensor, aus: Tensor) -> Tensor:
        """Judge relief under action units.

        Args:
            uv_z: Displacement in metres, ``(B,1,S,S)``.
            aus: Wanted intensities in [0,1], ``(B,41)``; a negative one, which is unknown, counts as absent.

        Returns:
            Logits, ``(B,K)``, of the K patches that lie on the face.

        Raises:
            ValueError: One of the inputs has another shape.
        """
        whole, patches = self.evidence(uv_z, aus)
        return whole + patches

    def evidence(self, uv_z: Tensor, aus: Tensor) -> tuple[Tensor, Tensor]:
        """The logits' two parts: of the whole face ``(B,1)`` and of the patches alone ``(B,K)``."""
        if uv_z.shape[1:] != self.mask.shape[1:] or aus.shape != (len(uv_z), N_AUS):
            raise ValueError(
                f"uv_z is {tuple(uv_z.shape)} and aus {tuple(aus.shape)}, but (B, 1, {self.uv_size}, {self.uv_size}) "
                f"and (B, {N_AUS}) were expected: set uv_size to the side of the displacement maps"
            )
        aus = aus.clamp_min(0.0)
        features = self.trunk(relief_channels(uv_z, self.mask))  # (B,C,P,P)
        patches = features.flatten(2).index_select(2, self.judged) + self.place
        whole = self.whole(features).sum(dim=(2, 3))[:, None]  # (B,1,C')
        here = aus[:, None] * self.regions.to(aus.dtype)  # (B,K,41)
        return self.whole_judge(whole, aus[:, None]), self.patch_judge(patches.transpose(1, 2), here)


class ProjectionJudge(nn.Module):
    """A score of features and their inner product with the action units' condition: ψ(φ) + ⟨V·c, φ⟩.

    Args:
        width: Channels of the features.
        node_dim: Numbers of an action unit's direction.
    """

    def __init__(self, width: int, node_dim: int) -> None:
        super().__init__()
        self.score = spectral_norm(nn.Linear(width, 1))
        self.condition = AUIntensityEmbedding(node_dim, width)
        self.projection = spectral_norm(nn.Linear(width, width, bias=False))

    def forward(self, features: Tensor, aus: Tensor) -> Tensor:
        """Judge features ``(B,K,width)`` under intensities ``(B,K,41)``: logits ``(B,K)``."""
        projected = self.projection(self.condition(aus))
        return self.score(features)[..., 0] + (projected * features).sum(dim=2)


@full_precision
def relief_channels(uv_z: Tensor, mask: Tensor) -> Tensor:
    """Displacement and its slopes along both axes inside the mask, of about unit size.

    Args:
        uv_z: Metres, ``(B,1,S,S)``.
        mask: In [0,1], ``(1,1,S,S)``.

    Returns:
        ``(B,3,S,S)``: height, slope along the columns and along the rows; slopes end with a 0.
    """
    z = uv_z * mask
    slope = z * (z.shape[-1] / SLOPE_STEP / SLOPE_UNIT)
    across, down = F.pad(slope.diff(dim=3), (0, 1)), F.pad(slope.diff(dim=2), (0, 0, 0, 1))
    return torch.cat([z / HEIGHT_UNIT, across, down], dim=1)


def _halvings(uv_size: int, patches: int) -> int:
    """How often the map is halved until a texel is a patch."""
    count = (uv_size // patches).bit_length() - 1
    if count < 1 or patches * 2**count != uv_size:
        raise ValueError(f"uv_size={uv_size} must be patches={patches} times 2, 4, 8 or another power of two")
    return count


def _halving(channels: int, out_channels: int) -> list[nn.Module]:
    return [spectral_norm(nn.Conv2d(channels, out_channels, 4, 2, 1)), nn.LeakyReLU(0.2, inplace=True)]
