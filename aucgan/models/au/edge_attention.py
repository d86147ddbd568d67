"""Edge features of MEFARG: for every ordered pair of action units, what one attends to in the other."""

from __future__ import annotations

from typing import cast

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.frozen.frozen_layers import running_statistics
from aucgan.models.au.pair_attention import pair_attention
from aucgan.models.au.shared_statistics import shared_mean


class CrossAttention(nn.Module):
    """Projections of a single-head cross-attention; queries and keys have half the channels.

    Args:
        dim: Channels C of the tokens.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.linear_q = nn.Linear(dim, dim // 2)
        self.linear_k = nn.Linear(dim, dim // 2)
        self.linear_v = nn.Linear(dim, dim)
        self.scale = (dim // 2) ** -0.5

    def forward(self, x: Tensor, context: Tensor) -> Tensor:
        """Attend from ``x`` ``(B, S, C)`` to ``context`` ``(B, T, C)``; returns ``(B, S, C)``."""
        scores = self.linear_q(x) * self.scale @ self.linear_k(context).transpose(1, 2)
        return scores.softmax(dim=-1) @ self.linear_v(context)


class EdgeExtractor(nn.Module):
    """Features of the N² directed edges of the action-unit graph, in the structured form.

    Taken literally, the second attention (ARM) runs on N² · T tokens, is projected, normalised per edge over batch,
    tokens and channels, and averaged over tokens. The pairs only repeat N node maps, so query, key and value are
    computed once per node, and the projection is carried to the values. The token mean commutes with everything
    behind the attention once the normalisation's statistics are known. In eval mode they are the running ones.
    In train mode they are the exact batch statistics: the mean over tokens and channels follows from the averaged
    edge features, the second moment from the quadratic forms of :func:`pair_attention`. Where the normalisation is
    synchronised (``nn.SyncBatchNorm``), they are those of the batches of all processes.

    Args:
        dim: Channels C.
        num_nodes: Number of nodes N.
    """

    def __init__(self, dim: int, num_nodes: int) -> None:
        super().__init__()
        self.FAM = CrossAttention(dim)
        self.ARM = CrossAttention(dim)
        self.edge_proj = nn.Linear(dim, dim)
        self.bn = nn.BatchNorm2d(num_nodes * num_nodes)

    def forward(self, node_tokens: Tensor, global_tokens: Tensor) -> Tensor:
        """Edge features.

        Args:
            node_tokens: Tokens of each action unit, ``(B, N, T, C)``.
            global_tokens: Tokens of the image, ``(B, T, C)``.

        Returns:
            Features of edge ``i * N + j`` (query from node j; key and value from node i), ``(B, N * N, C)``.
        """
        x = self.FAM(node_tokens.flatten(1, 2), global_tokens).unflatten(1, node_tokens.shape[1:3])
        q, k = self.ARM.linear_q(x) * self.ARM.scale, self.ARM.linear_k(x)
        if self.training:
            values = self._projected_values(x)
            with torch.autocast(q.device.type, enabled=False):  # statistics need full precision
                return self._edges(q, k, values.to(torch.promote_types(torch.float32, values.dtype)))
        rows, _ = pair_attention(q, k)
        # The projection commutes with the mean over tokens, too: 729 rows instead of 27 T.
        edges = self._projected_values((rows @ x).flatten(1, 2))
        return self._normalise(edges.to(rows.dtype), *running_statistics(self.bn))

    def _edges(self, q: Tensor, k: Tensor, values: Tensor) -> Tensor:
        """Normalised mean edge features ``(B, N * N, C)`` in train mode, from queries, keys, projected values."""
        # Rows sum to one, so a constant taken from a node's values is a constant of its edges. Taking the mean
        # keeps the second moment near the variance: less cancellation.
        batch, nodes, tokens, dim = values.shape
        _, (centre,) = shared_mean(self.bn, batch, values.detach().mean(dim=(0, 2, 3)))
        values = values - centre.view(1, nodes, 1, 1)
        rows, quad = pair_attention(q, k, values @ values.transpose(2, 3))
        edges = (rows @ values).flatten(1, 2)
        # Over batch, tokens and channels of the un-averaged edges, (N²,).
        moments = edges.mean(dim=(0, 2)), quad.flatten(1).sum(dim=0) / (batch * tokens * dim)
        batch, (mean, square) = shared_mean(self.bn, batch, *moments)
        var = (square - mean.square()).clamp_min(0)
        self._update_running(mean + centre.repeat_interleave(nodes), var, batch * tokens * dim)
        return self._normalise(edges, mean, var)

    def _projected_values(self, x: Tensor) -> Tensor:
        """Values after the edge projection, of tokens ``(…, C)``: two linear maps in one."""
        value, proj = self.ARM.linear_v, self.edge_proj
        return F.linear(x, proj.weight @ value.weight, proj.weight @ value.bias + proj.bias)

    def _normalise(self, edges: Tensor, mean: Tensor, var: Tensor) -> Tensor:
        scale = self.bn.weight * torch.rsqrt(var + self.bn.eps)
        return torch.addcmul((self.bn.bias - mean * scale)[:, None], edges, scale[:, None])

    @torch.no_grad()
    def _update_running(self, mean: Tensor, var: Tensor, count: int) -> None:
        running_mean, running_var = running_statistics(self.bn)
        momentum = cast(float, self.bn.momentum)  # None would ask for the plain mean, which nothing here is built with
        running_mean.lerp_(mean, momentum)
        running_var.lerp_(var * count / max(1, count - 1), momentum)
        if self.bn.num_batches_tracked is not None:
            self.bn.num_batches_tracked += 1
