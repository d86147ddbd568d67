"""The types in which registered components compute, and how close to float64 they have to be."""

from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Precision:
    """How a component is computed.

    Attributes:
        dtype: Type of its weights and inputs.
        autocast: Type of matrix products, where it is another one, as with ``--amp``.
        error: Largest relative error (norm of the difference) of a result, against float64.
        direction: Smallest cosine between its gradient and that of float64.
    """

    dtype: torch.dtype
    autocast: torch.dtype | None
    error: float
    direction: float

    def __str__(self) -> str:
        return str(self.autocast or self.dtype).removeprefix("torch.")

    def computing(self) -> AbstractContextManager:
        """Within it, what is on the default device is computed so."""
        if self.autocast is None:
            return nullcontext()
        return torch.autocast(torch.empty(0).device.type, self.autocast)


PRECISIONS = (
    Precision(torch.float32, None, error=1e-3, direction=0.9999),
    Precision(torch.float64, None, error=0.0, direction=1 - 1e-12),
    Precision(torch.float32, torch.bfloat16, error=0.05, direction=0.98),
    Precision(torch.float32, torch.float16, error=0.05, direction=0.98),
)
"""What every registered network, loss and renderer promises: weights in float32 or float64, and ``--amp``."""


def assert_close(found: Sequence[Tensor], exact: Sequence[Tensor], precision: Precision) -> None:
    """Results are finite and as close to those of float64 as was promised."""
    for got, want in zip(found, exact, strict=True):
        assert got.isfinite().all()
        error = (got.double() - want).norm() / want.norm().clamp_min(1e-12)
        assert error <= precision.error, f"relative error {error:.2e}"


def assert_same_direction(found: Sequence[Tensor], exact: Sequence[Tensor], precision: Precision) -> None:
    """Gradients are finite and point where those of float64 do, all of them taken together."""
    got, want = (torch.cat([g.double().flatten() for g in grads]) for grads in (found, exact))
    assert got.isfinite().all()
    cosine = torch.nn.functional.cosine_similarity(got, want, dim=0)
    assert cosine >= precision.direction, f"cosine {cosine:.4f}"


def assert_double_throughout(function: Callable[..., Tensor], inputs: Sequence[Tensor], step: float = 1e-7) -> None:
    """Steps that float32 would not notice change a value as its gradient says: nothing inside is narrowed."""
    leaves = [t.detach().requires_grad_() for t in inputs]
    ways = [torch.randn(t.shape, dtype=t.dtype) for t in leaves]
    gradients = torch.autograd.grad(function(*leaves), leaves, allow_unused=True)
    wanted = sum((g * way).sum() for g, way in zip(gradients, ways, strict=True) if g is not None)
    with torch.no_grad():
        ahead, behind = (
            function(*(t + sign * step * way for t, way in zip(leaves, ways, strict=True))) for sign in (1, -1)
        )
    torch.testing.assert_close((ahead - behind) / (2 * step), wanted, rtol=1e-4, atol=1e-7)
