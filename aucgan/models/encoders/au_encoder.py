"""A compact code of the action units."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.action_units import N_AUS
from aucgan.models.component import Component
from aucgan.models.layers.au_attention import AUPooling
from aucgan.registry import MODELS


@MODELS.register_module()
class AUEncoder(Component):
    """Turn AU activations and AU features into a compact condition that any generator takes.

    The 27 nodes are pooled by attention with learned queries and joined with the 41 activations in a small MLP.

    Args:
        condition_dim: Length of the condition; give the generator the same.
        afn_dim: Channels of the AU features.
        hidden: Width of the MLP.
        init_cfg: Pretrained weights; see :class:`~aucgan.models.component.Component`.
    """

    def __init__(
        self, condition_dim: int = 32, afn_dim: int = 512, hidden: int = 128, init_cfg: dict | None = None
    ) -> None:
        super().__init__(init_cfg)
        self.pooling = AUPooling(afn_dim, hidden)
        self.activations = nn.Linear(N_AUS, hidden)
        self.mlp = nn.Sequential(
            nn.LeakyReLU(0.2), nn.Linear(2 * hidden, hidden), nn.LeakyReLU(0.2), nn.Linear(hidden, condition_dim)
        )

    def forward(self, au: Tensor, afn: Tensor) -> Tensor:
        """Map activations ``(B,41)`` in [0,1] and AU features ``(B,27,afn_dim)`` to ``(B,condition_dim)``."""
        return self.mlp(torch.cat([self.activations(au), self.pooling(afn)], dim=1))
