"""The MRF term of two feature maps, in chunks and with its own backward pass.

Nothing of the size (positions × positions) is stored. The forward pass visits the generated positions in chunks: all
that is normalised over the target positions stays inside a chunk, and the maximum over generated positions runs along.
The backward pass visits again only the generated positions that a maximum selected (on a GPU, where the host would have
to wait to know them, all).
"""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision

#: Generated positions visited at once; a block of a 64 × 64 map then takes 4 MB in float32.
CHUNK = 256
#: Added to the smallest distance before the division (Mechrez et al. 2018).
EPSILON = 1e-5
#: Bandwidth h of exp((1 - d) / h).
BANDWIDTH = 0.5


def _is_at_hand(x: Tensor) -> bool:
    """Whether the host can see values without waiting for a GPU; if not, no shape may depend on them."""
    return x.device.type == "cpu"


def _unit_features(gen: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Centre by the target's mean over channels and normalise over channels: ``(N, C)`` and ``(C, T)``."""
    centre = target.mean(0)
    return F.normalize(gen - centre, dim=0).t(), F.normalize(target - centre, dim=0)


def _distances(gen: Tensor, target: Tensor) -> Tensor:
    """Cosine distance (1 - cos) / 2 of unit features ``(n, C)`` and ``(C, T)``, ``(n, T)``."""
    # The distance comes out of the product itself: subtracting later would lose near-identical features.
    return torch.addmm(gen.new_full((1, 1), 0.5), gen, target, alpha=-0.5)


def _similarity(gen: Tensor, target: Tensor) -> Tensor:
    """Similarity of unit features, normalised over target positions, ``(n, T)``."""
    block = _distances(gen, target)  # (n, T)
    scale = (block.amin(1, keepdim=True) + EPSILON).reciprocal_()
    # exp((1 - d) / h) up to the factor exp(1 / h), which the normalisation removes
    block.mul_(scale * (-1.0 / BANDWIDTH)).exp_()
    return block.div_(block.sum(1, keepdim=True))


def _best_similarity(gen: Tensor, target: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """For each target position the largest similarity and the generated position that has it, ``(T,)`` both."""
    best = gen.new_full((target.shape[1],), -1.0)
    winner = torch.zeros(target.shape[1], dtype=torch.long, device=gen.device)
    for start in range(0, gen.shape[0], chunk):
        similarity = _similarity(gen[start : start + chunk], target)
        if not _is_at_hand(gen):
            value, index = similarity.max(0)
            winner = torch.where(value > best, index + start, winner)
            best = torch.maximum(value, best)
            continue
        value = similarity.amax(0)
        # The index costs more than the value: look for it only where the maximum has moved.
        moved = (value > best).nonzero().squeeze(1)
        best[moved] = value[moved]
        winner[moved] = similarity[:, moved].argmax(0) + start
    return best, winner


def _chunk_gradient(gen: Tensor, target: Tensor, grad_similarity: Tensor) -> Tensor:
    """Gradient with respect to the cosines ``(n, T)``, given the one with respect to the similarities."""
    distance = _distances(gen, target)
    smallest, nearest = distance.min(1, keepdim=True)
    scale = (smallest + EPSILON).reciprocal_()
    relative = distance.mul_(scale)
    similarity = torch.softmax(relative * (-1.0 / BANDWIDTH), dim=1)
    mean_grad = (grad_similarity * similarity).sum(1, keepdim=True)
    grad_relative = grad_similarity.sub_(mean_grad).mul_(similarity).mul_(-1.0 / BANDWIDTH)
    through_smallest = (grad_relative * relative).sum(1, keepdim=True)
    grad_distance = grad_relative.scatter_add_(1, nearest, -through_smallest).mul_(scale)
    return grad_distance.mul_(-0.5)


def _unit_gradients(
    gen: Tensor, target: Tensor, winner: Tensor, grad: Tensor, chunk: int, wanted: tuple[bool, bool]
) -> tuple[Tensor | None, Tensor | None]:
    """Gradients of the mean best similarity with respect to unit features, through the selected positions alone."""
    if _is_at_hand(gen):
        selected, row_of = winner.unique(return_inverse=True)
    else:
        selected, row_of = torch.arange(gen.shape[0], device=gen.device), winner
    grad_gen = torch.zeros_like(gen) if wanted[0] else None
    grad_target = torch.zeros_like(target) if wanted[1] else None
    for start in range(0, selected.numel(), chunk):
        rows = selected[start : start + chunk]
        part = gen[rows]
        local = row_of - start
        value = torch.where((local >= 0) & (local < rows.numel()), grad / target.shape[1], 0.0)
        grad_similarity = gen.new_zeros(rows.numel(), target.shape[1])
        grad_similarity.scatter_(0, local.clamp(0, rows.numel() - 1)[None], value[None])
        grad_cosine = _chunk_gradient(part, target, grad_similarity)
        if grad_gen is not None:
            grad_gen[rows] = grad_cosine @ target.t()
        if grad_target is not None:
            grad_target.addmm_(part.t(), grad_cosine)
    return grad_gen, grad_target


class _MeanBestSimilarity(torch.autograd.Function):
    """Mean over target positions of the best similarity, for one sample."""

    @staticmethod
    def forward(ctx: Any, gen: Tensor, target: Tensor, chunk: int) -> Tensor:
        """Features ``(C, N)`` and ``(C, T)`` → scalar."""
        best, winner = _best_similarity(*_unit_features(gen, target), chunk)
        ctx.save_for_backward(gen, target, winner)
        ctx.chunk = chunk
        return best.mean()

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Gradients of both feature maps; the unit features are made again rather than kept."""
        wanted = ctx.needs_input_grad[:2]
        *saved, winner = ctx.saved_tensors
        features = [f.detach().requires_grad_(w) for f, w in zip(saved, wanted, strict=True)]
        with torch.enable_grad():
            units = _unit_features(*features)
        gen, target = units
        reached = (gen.requires_grad, target.requires_grad)
        grads = _unit_gradients(gen.detach(), target.detach(), winner, grad, ctx.chunk, reached)
        outputs = [unit for unit, has in zip(units, reached, strict=True) if has]
        inputs = [f for f, w in zip(features, wanted, strict=True) if w]
        found = iter(torch.autograd.grad(outputs, inputs, [g for g in grads if g is not None]))
        grad_gen, grad_target = (next(found) if w else None for w in wanted)
        return grad_gen, grad_target, None


@full_precision
def mrf_loss(gen: Tensor, target: Tensor, reduction: str = "mean", chunk: int = CHUNK) -> Tensor:
    """Implicit diversified MRF loss of two feature maps (Wang et al., NeurIPS 2018; Mechrez et al., ECCV 2018).

    Each position is centred by the target's mean over its channels and normalised over channels. With the cosine
    distance d(t, g) of target position t and generated position g, divided by its minimum over t, and the weight
    w = exp((1 - d) / ½) normalised over t, the loss is −log mean_t max_g w.

    Args:
        gen: Features of the generated image, ``(B, C, h, w)``.
        target: Features of the target, ``(B, C, h, w)``.
        reduction: ``'mean'`` over the batch, or ``'sum'`` over it as published.
        chunk: Generated positions that are visited at once; changes memory and speed, not the result.

    Returns:
        Scalar ≥ 0; 0 where every target position has its own match. Finite for constant features too.
    """
    require_same_shape(gen=gen, target=target)
    gens, targets = gen.flatten(2).unbind(0), target.flatten(2).unbind(0)
    samples = [_MeanBestSimilarity.apply(g, t, chunk) for g, t in zip(gens, targets, strict=True)]
    losses = -torch.stack(samples).log()
    return losses.sum() if reduction == "sum" else losses.mean()
