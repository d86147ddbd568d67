"""MEFARG to be read: 729 × T tokens through every step. The tests' and benchmarks' twin of the structured one."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.models.au.edge_attention import CrossAttention, EdgeExtractor
from aucgan.models.au.graph import GatedGraphLayer
from aucgan.models.au.heads import GatedGraphHead
from aucgan.models.au.linear_block import LinearBlock
from aucgan.models.au.mefarg import MEFARG


def naive_cross_attention(attention: CrossAttention, query: Tensor, context: Tensor) -> Tensor:
    """Single-head attention of tokens ``(..., S, C)`` to tokens ``(..., T, C)``."""
    q, k, v = attention.linear_q(query), attention.linear_k(context), attention.linear_v(context)
    return (q @ k.transpose(-1, -2) * attention.scale).softmax(dim=-1) @ v


def naive_edges(extractor: EdgeExtractor, node_tokens: Tensor, global_tokens: Tensor) -> Tensor:
    """Edge features ``(B, N * N, C)``, every pair materialised, from ``(B, N, T, C)`` and ``(B, T, C)``."""
    n = node_tokens.shape[1]
    x = torch.stack([naive_cross_attention(extractor.FAM, node_tokens[:, i], global_tokens) for i in range(n)], 1)
    key_side = x.repeat_interleave(n, dim=1)  # edge i * N + j: node i
    query_side = x.repeat(1, n, 1, 1)  # edge i * N + j: node j
    edges = extractor.edge_proj(naive_cross_attention(extractor.ARM, query_side, key_side))
    return extractor.bn(edges).mean(dim=2)


def naive_graph_layer(layer: GatedGraphLayer, nodes: Tensor, edges: Tensor) -> tuple[Tensor, Tensor]:
    """One gated graph layer, pair by pair: nodes ``(B, N, C)`` and edges ``(B, N * N, C)``."""
    n = nodes.shape[1]
    ends = [layer.A(nodes[:, i]) + layer.B(nodes[:, j]) for i in range(n) for j in range(n)]
    edges = edges + F.relu(layer.bne(torch.stack(ends, 1) + layer.E(edges)))
    gates = torch.sigmoid(edges).view(-1, n, n, nodes.shape[2]).softmax(dim=2)
    values = layer.V(nodes)
    messages = [sum(gates[:, i, j] * values[:, j] for j in range(n)) / n for i in range(n)]
    return nodes + F.relu(layer.bnv(layer.U(nodes) + torch.stack(messages, 1))), edges


def naive_block(block: LinearBlock, tokens: Tensor) -> Tensor:
    """Linear, BatchNorm, ReLU of ``(B, T, C)``; never folded."""
    x = block.fc(tokens)
    return F.relu(block.bn(x.transpose(1, 2)).transpose(1, 2))


def naive_head(head: GatedGraphHead, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Probabilities ``(B, 41)``, nodes before and after the graph ``(B, 27, C)``, from tokens ``(B, T, C)``."""
    node_tokens = torch.stack([naive_block(cast(LinearBlock, block), tokens) for block in head.main_class_linears], 1)
    before = node_tokens.mean(dim=2)
    nodes, edges = before, naive_edges(head.edge_extractor, node_tokens, tokens)
    for layer in head.gnn.graph_layers:
        nodes, edges = naive_graph_layer(cast(GatedGraphLayer, layer), nodes, edges)
    return head.classify(nodes), before, nodes


class NaiveMEFARG(nn.Module):
    """A :class:`MEFARG` whose head is computed literally, on the same weights.

    Args:
        network: The network to read; only its ``afn='nodes'`` is reproduced.

    Raises:
        ValueError: ``network`` returns other features.
    """

    def __init__(self, network: MEFARG) -> None:
        super().__init__()
        if network.afn != "nodes":
            raise ValueError(f"the naive twin returns afn='nodes', but the network has afn='{network.afn}'")
        self.network = network

    def forward(self, image: Tensor) -> tuple[Tensor, Tensor]:
        """Image ``(B, 3, H, W)`` to probabilities ``(B, 41)`` and nodes ``(B, 27, C)``."""
        net = self.network
        tokens = naive_block(net.global_linear, net.backbone(net.preprocess(image)))
        probabilities, _, nodes = naive_head(cast(GatedGraphHead, net.head), tokens)
        return probabilities, nodes
