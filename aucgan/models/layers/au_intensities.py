"""Action units that are wanted, by their intensities, as a condition of networks."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

from aucgan.action_units import MAIN_AUS, N_AUS, N_MAIN, SIDED_AUS, main_index, side_index


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


class AUIntensityNodes(nn.Module):
    """Give each of the 27 main units an embedding of its intensities, as :class:`AUNodeEmbedding` does of features.

    A node sees the intensity of its unit and those of the unit's left and right halves (for units without halves the
    unit's own), of each of several expressions. Each node has a linear map of its own.

    Args:
        dim: Channels of the embedding.
        n_expressions: How many vectors of intensities come in.
    """

    rows: Tensor

    def __init__(self, dim: int, n_expressions: int = 1) -> None:
        super().__init__()
        sides = [[side_index(au, s) if au in SIDED_AUS else main_index(au) for s in "LR"] for au in MAIN_AUS]
        rows = torch.tensor([[main_index(au), *side] for au, side in zip(MAIN_AUS, sides, strict=True)])
        self.register_buffer("rows", rows, persistent=False)
        features = n_expressions * rows.shape[1]
        self.weight = nn.Parameter(torch.randn(N_MAIN, features, dim) / math.sqrt(features))
        self.bias = nn.Parameter(torch.zeros(N_MAIN, dim))

    def forward(self, *aus: Tensor) -> Tensor:
        """Map intensities, ``(B, 41)`` each, to node embeddings ``(B, 27, dim)``.

        Raises:
            ValueError: A vector has another length.
        """
        for one in aus:
            if one.shape[1:] != (N_AUS,):
                raise ValueError(f"aus is {tuple(one.shape)}, but (B, {N_AUS}) was expected, in the order of AU_NAMES")
        features = torch.cat([one[:, self.rows] for one in aus], dim=2)
        return torch.einsum("bnc,ncd->bnd", features, self.weight) + self.bias
