"""Attention over the 27 action-unit nodes: the way in which AU features enter our networks."""

from __future__ import annotations

import math

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.action_units import N_MAIN

IDENTITY_GAIN = 5.0
"""Node identities are stored this much smaller than they act, so that attention finds its nodes sooner."""


class AUNodeEmbedding(nn.Module):
    """Give each AU node its own compact reading of its features.

    The AU network recognises unit n by the *direction* of node n's feature relative to a class vector of its
    own. So the features are normalised, and each node has its own linear map. A zero feature stays zero under
    the normalisation: an ``afn`` of zeros gives the same embedding for every sample, that is no AU information.

    Args:
        afn_dim: Channels of the AU features.
        dim: Channels of the embedding.
    """

    def __init__(self, afn_dim: int, dim: int) -> None:
        super().__init__()
        self.afn_dim = afn_dim
        self.weight = nn.Parameter(torch.randn(N_MAIN, afn_dim, dim) / math.sqrt(afn_dim))
        self.bias = nn.Parameter(torch.zeros(N_MAIN, dim))

    def forward(self, afn: Tensor) -> Tensor:
        """Map AU features ``(B,27,afn_dim)`` to node embeddings ``(B,27,dim)``.

        Raises:
            ValueError: ``afn`` has another shape.
        """
        if afn.shape[1:] != (N_MAIN, self.afn_dim):
            raise ValueError(
                f"afn is {tuple(afn.shape)}, but (B, {N_MAIN}, {self.afn_dim}) was expected: "
                "set afn_dim to the channels of the AU network's nodes"
            )
        normed = F.layer_norm(afn, (self.afn_dim,))
        return torch.einsum("bnc,ncd->bnd", normed, self.weight) + self.bias


class AUAttention(nn.Module):
    """Let learned queries (positions of the UV plane, or free ones) attend over the AU nodes [1].

    Keys are a node's learned identity plus a reading of its embedding, so that a query can look for *which* unit
    a node is as well as for whether it is active; values are read from the embedding alone.

    Args:
        query_dim: Channels of the queries.
        node_dim: Channels of the node embeddings.
        out_dim: Channels of the answer.
        heads: Attention heads.
        key_dim: Channels of keys and queries per head.

    Raises:
        ValueError: ``out_dim`` is not a multiple of ``heads``.

    [1] Vaswani et al., Attention is all you need, NeurIPS 2017.
    """

    def __init__(self, query_dim: int, node_dim: int, out_dim: int, heads: int = 4, key_dim: int = 16) -> None:
        super().__init__()
        if out_dim % heads:
            raise ValueError(f"out_dim={out_dim} must be a multiple of heads={heads}")
        self.heads = heads
        self.scale = key_dim**-0.5
        self.identity = nn.Parameter(torch.randn(N_MAIN, heads, key_dim) / IDENTITY_GAIN)
        self.query = nn.Linear(query_dim, heads * key_dim, bias=False)
        self.key = nn.Linear(node_dim, heads * key_dim, bias=False)
        self.value = nn.Linear(node_dim, out_dim)

    def forward(self, queries: Tensor, nodes: Tensor) -> Tensor:
        """Answer queries ``(Q,query_dim)``, the same for all samples, from nodes ``(B,27,node_dim)``.

        Returns:
            The answers, ``(B,Q,out_dim)``.
        """
        q = self._split(self.query(queries) * self.scale)  # (Q,heads,key_dim)
        k = self._split(self.key(nodes)) + IDENTITY_GAIN * self.identity  # (B,27,heads,key_dim)
        v = self._split(self.value(nodes))  # (B,27,heads,out_dim/heads)
        attention = torch.einsum("qhd,bnhd->bhqn", q, k).softmax(dim=-1)
        return torch.einsum("bhqn,bnhd->bqhd", attention, v).flatten(2)

    def _split(self, x: Tensor) -> Tensor:
        return x.unflatten(-1, (self.heads, -1))


class AUPooling(nn.Module):
    """Pool the AU nodes into one vector by attention with learned queries.

    Args:
        afn_dim: Channels of the AU features.
        out_dim: Length of the vector.
        node_dim: Channels of the node embeddings.
        n_queries: Learned queries; each looks for its own mixture of units.
    """

    def __init__(self, afn_dim: int, out_dim: int, node_dim: int = 32, n_queries: int = 8) -> None:
        super().__init__()
        self.nodes = AUNodeEmbedding(afn_dim, node_dim)
        self.queries = nn.Parameter(torch.randn(n_queries, node_dim))
        self.attention = AUAttention(node_dim, node_dim, node_dim)
        self.out = nn.Linear(n_queries * node_dim, out_dim)

    def forward(self, afn: Tensor) -> Tensor:
        """Map AU features ``(B,27,afn_dim)`` to ``(B,out_dim)``."""
        return self.out(self.attention(self.queries, self.nodes(afn)).flatten(1))
