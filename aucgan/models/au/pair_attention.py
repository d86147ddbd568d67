"""Mean attention rows of all ordered node pairs, without ever holding the attention maps of all pairs.

For the ordered pair ``(i, j)`` of nodes, each with T tokens, ``P_ij = softmax(Q_j K_iᵀ)`` is a (T, T) map whose
rows belong to the tokens of ``j``. Whatever is linear behind the attention and is averaged over the tokens needs
only the mean row ``a_ij = mean_t P_ij[t]``; the batch variance of the attended values needs, besides, only
``q_ij = Σ_t P_ij[t] G_i P_ij[t]ᵀ`` with the Gram matrix ``G_i = V_i V_iᵀ`` of the values. Both are small; the maps
are recomputed, one source node at a time, in the backward pass.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, overload

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

# On a CPU the maps of one source node should stay in the second-level cache (here 1 MB of float32).
_CPU_BLOCK_ELEMENTS = 2**18


def _blocks(q: Tensor) -> Iterator[slice]:
    batch, nodes, tokens, _ = q.shape
    size = batch if q.device.type != "cpu" else max(1, _CPU_BLOCK_ELEMENTS // (nodes * tokens * tokens))
    return (slice(start, start + size) for start in range(0, batch, size))


def _maps(q: Tensor, k_i: Tensor) -> Tensor:
    """Attention maps from all nodes to one: queries ``(b, N, T, h)``, keys ``(b, T, h)`` → ``(b, N * T, T)``."""
    return torch.bmm(q.flatten(1, 2), k_i.transpose(1, 2)).softmax(dim=-1)


class _PairAttention(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, q: Tensor, k: Tensor, gram: Tensor | None) -> tuple[Tensor, Tensor | None]:
        ctx.save_for_backward(q, k, gram)
        batch, nodes, tokens, _ = q.shape
        rows = q.new_empty(batch, nodes, nodes, tokens)
        quad = None if gram is None else q.new_empty(batch, nodes, nodes)
        for b in _blocks(q):
            for i in range(nodes):
                maps = _maps(q[b], k[b, i])
                rows[b, i] = maps.unflatten(1, (nodes, tokens)).mean(dim=2)
                if gram is not None and quad is not None:
                    through = torch.bmm(maps, gram[b, i]).mul_(maps)
                    quad[b, i] = through.unflatten(1, (nodes, tokens)).sum(dim=(2, 3))
        return rows, quad

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad_rows: Tensor, grad_quad: Tensor | None) -> tuple[Tensor, Tensor, Tensor | None]:
        q, k, gram = ctx.saved_tensors
        with torch.autocast(grad_rows.device.type, enabled=False):
            return _pair_attention_gradients(q, k, gram, grad_rows, grad_quad)


def _pair_attention_gradients(
    q: Tensor, k: Tensor, gram: Tensor | None, grad_rows: Tensor, grad_quad: Tensor | None
) -> tuple[Tensor, Tensor, Tensor | None]:
    """Gradients of queries, keys and Gram matrices, one block of samples and one node at a time."""
    nodes, tokens = q.shape[1:3]
    grad_q, grad_k = torch.zeros_like(q), torch.empty_like(k)
    grad_gram = None if gram is None or grad_quad is None else torch.empty_like(gram)
    for b in _blocks(q):
        for i in range(nodes):
            maps = _maps(q[b], k[b, i])
            grad = (grad_rows[b, i] / tokens).repeat_interleave(tokens, dim=1)  # (b, N * T, T)
            if gram is not None and grad_gram is not None and grad_quad is not None:
                weight = grad_quad[b, i].repeat_interleave(tokens, dim=1)[..., None]
                weighted = maps * weight
                grad_gram[b, i] = torch.bmm(weighted.transpose(1, 2), maps)
                grad = grad.baddbmm(weighted, gram[b, i] + gram[b, i].transpose(1, 2))
            grad_scores = torch._softmax_backward_data(grad, maps, 2, maps.dtype)
            grad_q[b].add_(torch.bmm(grad_scores, k[b, i]).view_as(q[b]))
            grad_k[b, i] = torch.bmm(grad_scores.transpose(1, 2), q[b].flatten(1, 2))
    return grad_q, grad_k, grad_gram


@overload
def pair_attention(q: Tensor, k: Tensor) -> tuple[Tensor, None]: ...


@overload
def pair_attention(q: Tensor, k: Tensor, gram: Tensor) -> tuple[Tensor, Tensor]: ...


def pair_attention(q: Tensor, k: Tensor, gram: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
    """Mean attention rows, and quadratic forms, of all ordered pairs of nodes.

    Args:
        q: Queries, already scaled, ``(B, N, T, h)``.
        k: Keys, ``(B, N, T, h)``.
        gram: Gram matrices of the values, ``(B, N, T, T)``, or None when no quadratic form is wanted.

    Returns:
        Mean rows ``(B, N, N, T)``, indexed by the node of the keys, then the node of the queries; each sums to 1.
        Quadratic forms ``Σ_t p_t G p_tᵀ``, ``(B, N, N)``, or None.
    """
    with torch.autocast(q.device.type, enabled=False):
        dtype = torch.promote_types(torch.float32, q.dtype)
        q, k = q.to(dtype).contiguous(), k.to(dtype).contiguous()
        return _PairAttention.apply(q, k, None if gram is None else gram.to(dtype))
