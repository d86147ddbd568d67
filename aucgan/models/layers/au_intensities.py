"""Action units that are wanted, by their intensities, as a condition of networks."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from aucgan.action_units import N_AUS


class AUIntensityEmbedding(nn.Module):
    """Read the intensities of the 41 action units that act together at a place.

    Every unit has a direction of its own, as long as its intensity; the directions of all units are added and go
    through a small network, since two units do not fold the skin as each of them does alone (AU1 with AU4).

    Args:
        node_dim: Length of the directions.
        out_dim: Length of the condition.
    """

    def __init__(self, node_dim: int, out_dim: int) -> None:
        super().__init__()
        self.nodes = nn.Parameter(torch.randn(N_AUS, node_dim) / math.sqrt(node_dim))
        self.together = nn.Sequential(nn.Linear(node_dim, out_dim), nn.SiLU(), nn.Linear(out_dim, out_dim))

    def forward(self, aus: Tensor) -> Tensor:
        """Map intensities ``(…,41)`` in [0,1] to conditions ``(…,out_dim)``."""
        return self.together(aus @ self.nodes)
