"""The MRF term of two feature maps, in chunks and with its own backward pass.

Nothing of the size (positions × positions) is stored. The forward pass visits the generated positions in chunks: all
that is normalised over the target positions stays inside a chunk, and the maximum over generated positions runs along.
The backward pass visits again only the generated positions that a maximum selected.
"""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.autograd.function import once_differentiable

from aucgan.losses.precision import full_precision
from aucgan.losses.shape_checks import require_shape

#: Generated positions visited at once; a block of a 64 × 64 map then takes 4 MB in float32.
CHUNK = 256
#: Added to the smallest distance before the division (Mechrez et al. 2018).
EPSILON = 1e-5
#: Bandwidth h of exp((1 - d) / h).
BANDWIDTH = 0.5


def _distances(gen: Tensor, target: Tensor) -> Tensor:
    """Cosine distance (1 - cos) / 2 of unit features ``(n, C)`` and ``(C, T)``, ``(n, T)``."""
    # The distance comes out of the product itself: subtracting later would lose near-identical features.
    return torch.addmm(gen.new_full((1, 1), 0.5), gen, target, alpha=-0.5)


def _contextual(gen: Tensor, target: Tensor) -> tuple[Tensor, Tensor]:
    """Similarity normalised over target positions, and the scale 1 / (smallest distance + ε) of each row."""
    block = _distances(gen, target)  # (n, T)
    scale = (block.amin(1, keepdim=True) + EPSILON).reciprocal_()
    # exp((1 - d) / h) up to the factor exp(1 / h), which the normalisation removes
    block.mul_(scale * (-1.0 / BANDWIDTH)).exp_()
    return block.div_(block.sum(1, keepdim=True)), scale


def _best_similarity(gen: Tensor, target: Tensor, chunk: int) -> tuple[Tensor, Tensor]:
    """For each target position the largest similarity and the generated position that has it, ``(T,)`` both."""
    best = gen.new_full((target.shape[1],), -1.0)
    winner = torch.zeros(target.shape[1], dtype=torch.long, device=gen.device)
    for start in range(0, gen.shape[0], chunk):
        value, index = _contextual(gen[start : start + chunk], target)[0].max(0)
        better = value > best
        best = torch.where(better, value, best)
        winner = torch.where(better, index + start, winner)
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


class _MeanBestSimilarity(torch.autograd.Function):
    """Mean over target positions of the best similarity, for one sample with unit features."""

    @staticmethod
    def forward(ctx, gen: Tensor, target: Tensor, chunk: int) -> Tensor:
        """Unit features ``(N, C)`` and ``(C, T)`` → scalar."""
        best, winner = _best_similarity(gen, target, chunk)
        ctx.save_for_backward(gen, target, winner)
        ctx.chunk = chunk
        return best.mean()

    @staticmethod
    @once_differentiable
    def backward(ctx, grad: Tensor) -> tuple[Tensor | None, Tensor | None, None]:
        """Gradients of both feature maps, through the selected positions alone."""
        gen, target, winner = ctx.saved_tensors
        selected, row_of = winner.unique(return_inverse=True)
        grad_gen = torch.zeros_like(gen) if ctx.needs_input_grad[0] else None
        grad_target = torch.zeros_like(target) if ctx.needs_input_grad[1] else None
        for start in range(0, selected.numel(), ctx.chunk):
            rows = selected[start : start + ctx.chunk]
            part = gen[rows]
            mine = (row_of >= start) & (row_of < start + rows.numel())
            grad_similarity = gen.new_zeros(rows.numel(), target.shape[1])
            columns = mine.nonzero().squeeze(1)
            grad_similarity[row_of[columns] - start, columns] = grad / target.shape[1]
            grad_cosine = _chunk_gradient(part, target, grad_similarity)
            if grad_gen is not None:
                grad_gen[rows] = grad_cosine @ target.t()
            if grad_target is not None:
                grad_target.addmm_(part.t(), grad_cosine)
        return grad_gen, grad_target, None


@full_precision
def mrf_loss(gen: Tensor, target: Tensor, reduction: str = "mean", chunk: int = CHUNK) -> Tensor:
    """Implicit diversified MRF loss of two feature maps (Wang et al., NeurIPS 2018; Mechrez et al., ECCV 2018).

    Features are centred by the target's mean over channels and normalised over channels. With the cosine distance
    d(t, g) of target position t and generated position g, divided by its minimum over t, and the weight
    w = exp((1 - d) / ½) normalised over t, the loss is −log mean_t max_g w.

    Args:
        gen: Features of the generated image, ``(B, C, h, w)``.
        target: Features of the target, ``(B, C, h', w')``.
        reduction: ``'mean'`` over the batch, or ``'sum'`` over it as published.
        chunk: Generated positions that are visited at once; changes memory and speed, not the result.

    Returns:
        Scalar ≥ 0; 0 where every target position has its own match. Finite for constant features too.
    """
    require_shape("gen", gen, (target.shape[0], target.shape[1], None, None))
    centre = target.mean(1, keepdim=True)
    gen = F.normalize((gen - centre).flatten(2), dim=1)  # (B, C, N)
    target = F.normalize((target - centre).flatten(2), dim=1)  # (B, C, T)
    samples = [_MeanBestSimilarity.apply(g.t().contiguous(), t, chunk) for g, t in zip(gen, target, strict=True)]
    losses = -torch.stack(samples).log()
    return losses.sum() if reduction == "sum" else losses.mean()
