"""A constant sparse linear map over rows, with its transpose at hand for the backward pass."""

from __future__ import annotations

from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn


class _Apply(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, rows: Tensor, linear: FixedMap) -> Tensor:
        ctx.linear = linear
        return linear.forward_rows(rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        return ctx.linear.transposed(grad.contiguous()), None


class FixedMap(nn.Module):
    """``out[target] += weight * rows[source]`` for constant (target, source, weight) triples.

    Both directions are weighted sums over lists of rows (``embedding_bag``), 10 times faster than gathering the
    rows and scattering the gradients back.

    Args:
        target: Output rows, ``(N,)`` int64.
        source: Input rows, ``(N,)`` int64.
        weight: ``(N,)`` float32.
        num_targets: Rows of the output.
        num_sources: Rows of the input.
    """

    forward_index: Tensor
    forward_offsets: Tensor
    forward_weight: Tensor
    backward_index: Tensor
    backward_offsets: Tensor
    backward_weight: Tensor

    def __init__(self, target: Tensor, source: Tensor, weight: Tensor, num_targets: int, num_sources: int) -> None:
        super().__init__()
        self.num_targets, self.num_sources = num_targets, num_sources
        for name, lists in (
            ("forward", _bags(target, source, weight, num_targets)),
            ("backward", _bags(source, target, weight, num_sources)),
        ):
            for part, value in zip(("index", "offsets", "weight"), lists, strict=True):
                self.register_buffer(f"{name}_{part}", value, persistent=False)

    def forward(self, rows: Tensor) -> Tensor:
        """Apply to ``(num_sources, C)``; returns ``(num_targets, C)``."""
        if rows.shape[0] != self.num_sources:
            raise ValueError(f"expected {self.num_sources} rows, got {tuple(rows.shape)}")
        if torch.is_grad_enabled() and rows.requires_grad:
            return _Apply.apply(rows, self)
        return self.forward_rows(rows)

    def forward_rows(self, rows: Tensor) -> Tensor:
        """The product, outside autograd."""
        return _bag_sum(rows, self.forward_index, self.forward_offsets, self.forward_weight)

    def transposed(self, rows: Tensor) -> Tensor:
        """The transposed product of ``(num_targets, C)``, outside autograd."""
        return _bag_sum(rows, self.backward_index, self.backward_offsets, self.backward_weight)

    def extra_repr(self) -> str:
        """Sizes, for ``print(model)``."""
        return f"{self.num_sources} -> {self.num_targets}, {len(self.forward_index)} entries"


def _bags(target: Tensor, source: Tensor, weight: Tensor, num_targets: int) -> tuple[Tensor, Tensor, Tensor]:
    """Sort the triples by target; returns sources, first entry of every target, weights."""
    order = torch.argsort(target, stable=True)
    counts = torch.bincount(target, minlength=num_targets)
    return source[order], counts.cumsum(0) - counts, weight[order]


def _bag_sum(rows: Tensor, index: Tensor, offsets: Tensor, weight: Tensor) -> Tensor:
    """Weighted sum of ``rows[index]`` per bag; half precision and exotic devices take a plain scatter."""
    weight = weight.to(rows.dtype)
    if rows.device.type in ("cpu", "cuda") and rows.dtype in (torch.float32, torch.float64):
        return F.embedding_bag(index, rows, offsets, per_sample_weights=weight, mode="sum")
    lengths = torch.diff(offsets, append=offsets.new_full((1,), len(index)))
    bag = torch.repeat_interleave(lengths, output_size=len(index))
    taken = rows.index_select(0, index) * weight[:, None]
    return rows.new_zeros(len(offsets), rows.shape[1]).index_add_(0, bag, taken)
