"""The divisor of a mean over the samples that count, when several processes share a batch."""

from __future__ import annotations

from torch import Tensor, distributed


def batch_total(weight: Tensor) -> Tensor:
    """The sum of weights that divides a weighted sum of one batch; without a gradient.

    In a distributed training every process has a part of the batch, and the gradients of the parts are averaged.
    Divided by the average of the parts' sums, they give the gradient of the mean over the whole batch: a pixel counts
    the same on whichever process it is. All processes have to come here, so a loss must not be computed on one alone.

    Args:
        weight: Weights ``≥ 0`` of any shape.

    Returns:
        Their sum, averaged over the processes; a scalar.
    """
    total = weight.detach().sum()
    if distributed.is_available() and distributed.is_initialized() and distributed.get_world_size() > 1:
        distributed.all_reduce(total)
        total = total / distributed.get_world_size()
    return total
