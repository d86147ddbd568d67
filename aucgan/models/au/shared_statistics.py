"""Means over the batch of all processes, with their gradient."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor, distributed, nn
from torch.autograd.function import once_differentiable


class _SumOverProcesses(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, value: Tensor, group: Any) -> Tensor:
        ctx.group = group
        return _summed(value, group)

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        # Every process's loss depends on this value.
        return _summed(grad, ctx.group), None


def shared_mean(norm: nn.Module, batch: int, *values: Tensor) -> tuple[int, tuple[Tensor, ...]]:
    """Means over the samples of all processes, where a normalisation is synchronised; else the given ones.

    Args:
        norm: The normalisation; ``nn.SyncBatchNorm`` shares its statistics.
        batch: Samples of this process.
        *values: Means over them, each ``(C,)``.

    Returns:
        Samples of all processes, and the means over them. All processes have to come here.
    """
    alone = not (distributed.is_available() and distributed.is_initialized())
    if alone or not isinstance(norm, nn.SyncBatchNorm) or distributed.get_world_size(norm.process_group) == 1:
        return batch, values
    sums = torch.cat([*values, values[0].new_ones(1)]) * batch
    *totals, samples = _SumOverProcesses.apply(sums, norm.process_group).split([*map(len, values), 1])
    return int(samples), tuple(total / samples for total in totals)


def _summed(value: Tensor, group: Any) -> Tensor:
    total = value.clone(memory_format=torch.contiguous_format)
    distributed.all_reduce(total, group=group)
    return total
