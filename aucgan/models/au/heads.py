"""Heads of the action-unit networks: from image tokens to 41 probabilities and 27 node features."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.action_units import N_AUS, N_MAIN
from aucgan.models.au.edge_attention import EdgeExtractor
from aucgan.models.au.graph import GatedGraph, NeighbourGraph
from aucgan.models.au.linear_block import LinearBlock
from aucgan.numerics.constants import constant

SUB_NODES: tuple[int, ...] = tuple(node for node in (0, 1, 2, 4, 7, 8, 11) for _ in "LR")
"""The node that each of the 14 left / right sub-units reads, as in the published networks.

Those of AU12 read node 8, which belongs to AU11: weights trained that way need it that way.
"""


class AUHead(nn.Module):
    """What both stages share: 27 linear blocks to nodes, and the cosine classifier.

    Args:
        dim: Channels C of tokens and nodes.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.main_class_linears = nn.ModuleList(LinearBlock(dim, dim) for _ in range(N_MAIN))
        self.main_sc = nn.Parameter(nn.init.xavier_uniform_(torch.empty(N_MAIN, dim)))
        self.sub_sc = nn.Parameter(nn.init.xavier_uniform_(torch.empty(N_AUS - N_MAIN, dim)))

    def node_tokens(self, tokens: Tensor) -> Tensor:
        """Tokens of each action unit, ``(B, 27, T, C)``, from the image's ``(B, T, C)``."""
        return torch.stack([block(tokens) for block in self.main_class_linears], dim=1)

    def classify(self, nodes: Tensor) -> Tensor:
        """Cosines between nodes ``(B, 27, C)`` and class vectors, ``(B, 41)``: in [0, 1], the probabilities."""
        unit = F.normalize(nodes, dim=-1)
        unit = torch.cat([unit, unit[:, constant(SUB_NODES, torch.long, unit.device)]], dim=1)
        classes = F.normalize(F.relu(torch.cat([self.main_sc, self.sub_sc])), dim=-1)
        return (unit * classes).sum(dim=-1)


class NeighbourGraphHead(AUHead):
    """Stage 1: nodes exchange features along their nearest neighbours.

    Args:
        dim: Channels C.
        neighbours: Neighbours of a node, itself included.
        metric: Similarity of nodes, ``dots``, ``cosine``, ``l1`` or ``l2``.
    """

    def __init__(self, dim: int, neighbours: int = 4, metric: str = "dots") -> None:
        super().__init__(dim)
        self.gnn = NeighbourGraph(dim, N_MAIN, neighbours, metric)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """From ``(B, T, C)``: probabilities ``(B, 41)``, nodes before and after the graph ``(B, 27, C)``."""
        before = self.node_tokens(tokens).mean(dim=2)
        after = self.gnn(before)
        return self.classify(after), before, after


class GatedGraphHead(AUHead):
    """Stage 2: nodes exchange features through gates of learned multi-dimensional edges.

    Args:
        dim: Channels C.
        num_layers: Layers of the gated graph.
    """

    def __init__(self, dim: int, num_layers: int = 2) -> None:
        super().__init__(dim)
        self.edge_extractor = EdgeExtractor(dim, N_MAIN)
        self.gnn = GatedGraph(dim, N_MAIN, num_layers)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """From ``(B, T, C)``: probabilities ``(B, 41)``, nodes before and after the graph ``(B, 27, C)``."""
        node_tokens = self.node_tokens(tokens)
        before = node_tokens.mean(dim=2)
        after, _ = self.gnn(before, self.edge_extractor(node_tokens, tokens))
        return self.classify(after), before, after
