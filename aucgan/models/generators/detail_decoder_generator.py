"""DECA's detail decoder behind the contract of the generators."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.models.component import Component
from aucgan.models.generators.conditioning import condition_list
from aucgan.models.generators.detail_decoder import DetailDecoder
from aucgan.registry import MODELS


@MODELS.register_module()
class DetailDecoderGenerator(Component):
    """DECA's detail decoder behind the contract of our generators; it ignores the AU features.

    The code is put together in the published order: jaw, expression, detail, and after them the optional
    condition.

    Args:
        latent_dim: Length of the latent (detailcode).
        afn_dim: Channels of the AU features; unused, here for the contract.
        n_exp: Number of expression coefficients.
        uv_size: Side S of the displacement map.
        max_z: Largest displacement, metres.
        condition_dim: Length of the optional compact condition; 0 = none.
        base_channels: Channels at 256 px; the other widths scale with it. 16 is the published width.
        decoder_cfg: ``init_cfg`` of the wrapped :class:`DetailDecoder` (published or converted weights).
        init_cfg: Pretrained weights of the whole; see :class:`~aucgan.models.component.Component`.
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
        decoder_cfg: dict | None = None,
        init_cfg: dict | None = None,
    ) -> None:
        super().__init__(init_cfg)
        self.condition_dim = condition_dim
        code_dim = 3 + n_exp + latent_dim + condition_dim
        self.decoder = DetailDecoder(code_dim, uv_size, max_z, base_channels, decoder_cfg)

    def forward(
        self, latent: Tensor, afn: Tensor, exp: Tensor, jaw_pose: Tensor, condition: Tensor | None = None
    ) -> Tensor:
        """Make a displacement map ``(B,1,S,S)`` in metres.

        Args:
            latent: The detailcode, ``(B,latent_dim)``.
            afn: AU features, not looked at.
            exp: Expression coefficients, ``(B,n_exp)``.
            jaw_pose: Jaw rotation, axis-angle in radians, ``(B,3)``.
            condition: Optional compact condition, ``(B,condition_dim)``.
        """
        codes = [jaw_pose, exp, latent, *condition_list(condition, self.condition_dim)]
        return self.decoder(torch.cat(codes, dim=1))
