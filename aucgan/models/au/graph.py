"""Graph layers over action-unit nodes: stage 1's nearest-neighbour graph and stage 2's gated graph."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, nn
from torch.autograd.function import once_differentiable
from torch.nn import functional as F

from aucgan.frozen.frozen_layers import frozen_bn, frozen_relu, passes_gradient_only


def node_similarity(nodes: Tensor, metric: str = "dots") -> Tensor:
    """Pairwise similarity of nodes ``(B, N, C)``: ``dots``, ``cosine``, or the negated ``l1`` / ``l2`` distance.

    The published networks mean the Euclidean distance by ``l1`` and the sum of absolute differences by ``l2``; so
    do we, so that their weights keep their numbers.
    """
    if metric == "dots":
        return nodes @ nodes.transpose(1, 2)
    if metric == "cosine":
        unit = F.normalize(nodes, dim=-1)
        return unit @ unit.transpose(1, 2)
    if metric in ("l1", "l2"):
        return -torch.cdist(nodes, nodes, p=2.0 if metric == "l1" else 1.0)
    raise ValueError(f"metric is '{metric}'; choose dots, cosine, l1 or l2")


def neighbour_adjacency(similarity: Tensor, neighbours: int) -> Tensor:
    """Symmetrically normalised adjacency ``D^-½ A D^-½`` of each node's most similar ones, ``(B, N, N)``."""
    threshold = similarity.topk(neighbours, dim=-1).values[..., -1:]
    adjacency = (similarity >= threshold).to(similarity.dtype)
    inverse_root = adjacency.sum(dim=-1).rsqrt()
    return inverse_root[..., :, None] * adjacency * inverse_root[..., None, :]


class NeighbourGraph(nn.Module):
    """``relu(x + BN(A V(x) + U(x)))`` over the graph of the nearest neighbours.

    Args:
        dim: Channels C of a node.
        num_nodes: Number of nodes N.
        neighbours: Neighbours of a node, itself included.
        metric: Similarity; see :func:`node_similarity`.
    """

    def __init__(self, dim: int, num_nodes: int, neighbours: int = 4, metric: str = "dots") -> None:
        super().__init__()
        self.U = nn.Linear(dim, dim)
        self.V = nn.Linear(dim, dim)
        self.bnv = nn.BatchNorm1d(num_nodes)
        self.neighbours = neighbours
        self.metric = metric

    def forward(self, nodes: Tensor) -> Tensor:
        """Map nodes ``(B, N, C)`` to nodes ``(B, N, C)``, non-negative."""
        with torch.no_grad():
            adjacency = neighbour_adjacency(node_similarity(nodes, self.metric), self.neighbours)
        return F.relu(nodes + self.bnv(adjacency @ self.V(nodes) + self.U(nodes)))


class _ExpSigmoid(torch.autograd.Function):
    """``exp(sigmoid(x))``, keeping its result alone: the sigmoid is its logarithm."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        result = torch.sigmoid(x).exp_()
        ctx.save_for_backward(result)
        return result

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        result = ctx.saved_tensors[0]
        slope = result.log()
        slope.addcmul_(slope, slope, value=-1)  # s (1 - s)
        return slope.mul_(result).mul_(grad)


class GatedGraphLayer(nn.Module):
    """Gated graph convolution over a fully connected directed graph with edge features.

    Bresson & Laurent, "Residual Gated Graph ConvNets", 2017; gates by softmax over the source nodes.

    Args:
        dim: Channels C of nodes and edges.
        num_nodes: Number of nodes N.
    """

    def __init__(self, dim: int, num_nodes: int) -> None:
        super().__init__()
        self.U, self.V, self.A, self.B, self.E = (nn.Linear(dim, dim, bias=False) for _ in range(5))
        self.bnv = nn.BatchNorm1d(num_nodes)
        self.bne = nn.BatchNorm1d(num_nodes * num_nodes)
        self.num_nodes = num_nodes

    def forward(self, nodes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """One layer: nodes ``(B, N, C)`` and edges ``i * N + j`` ``(B, N * N, C)`` to the same shapes."""
        n = self.num_nodes
        update = self.E(edges).unflatten(1, (n, n))  # (B, N, N, C)
        update = update.add_(self.A(nodes)[:, :, None]).add_(self.B(nodes)[:, None, :])  # + A x_i + B x_j
        update = update.flatten(1, 2)
        if passes_gradient_only(self, edges):
            change = frozen_relu(frozen_bn(update, self.bne))
            edges = change.add_(edges) if change.dtype == edges.dtype else change + edges
        else:
            edges = edges + F.relu(self.bne(update))
        # A softmax over j of numbers in (0, 1): their exponentials need no shift.
        gates = _ExpSigmoid.apply(edges).unflatten(1, (n, n))
        message = (gates * self.V(nodes)[:, None]).sum(dim=2) / (n * gates.sum(dim=2))
        return nodes + F.relu(self.bnv(self.U(nodes) + message)), edges


class GatedGraph(nn.Module):
    """A stack of :class:`GatedGraphLayer`.

    Args:
        dim: Channels C of nodes and edges.
        num_nodes: Number of nodes N.
        num_layers: Number of layers.
    """

    def __init__(self, dim: int, num_nodes: int, num_layers: int = 2) -> None:
        super().__init__()
        self.graph_layers = nn.ModuleList(GatedGraphLayer(dim, num_nodes) for _ in range(num_layers))

    def forward(self, nodes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
        """Nodes ``(B, N, C)`` and edges ``(B, N * N, C)`` after all layers."""
        for layer in self.graph_layers:
            nodes, edges = layer(nodes, edges)
        return nodes, edges
