"""Single precision where half is not enough.

The sums in losses would overflow or stall, and 8 bits of mantissa cannot tell neighbouring pixels apart in rendering.
"""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any, ParamSpec, TypeVar

import torch
from torch import Tensor

P = ParamSpec("P")
R = TypeVar("R")

HALF_TYPES = (torch.float16, torch.bfloat16)


def full_precision(function: Callable[P, R]) -> Callable[P, R]:
    """Make a function or a method compute in float32 at least, inside and outside of autocast.

    Half-precision tensor arguments become float32; float32 and float64 ones stay as they are, so that
    gradients can be checked in float64. Gradients flow back in the type that the caller has.
    """

    @functools.wraps(function)
    def wrapper(*args: P.args, **kwargs: P.kwargs) -> R:
        device = next((a.device.type for a in (*args, *kwargs.values()) if isinstance(a, Tensor)), "cpu")
        has_autocast = torch.amp.is_autocast_available(device)
        with torch.autocast(device, enabled=False) if has_autocast else nullcontext():
            return function(*map(_widened, args), **{key: _widened(value) for key, value in kwargs.items()})

    return wrapper


def in_full_range(network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """``network(*inputs)``, in float32 where autocast would compute in float16, and else as it is.

    For what is differentiated within a loss: no scale lifts that gradient above float16's smallest number, 6e-8, and a
    fixed one would take others beyond the largest. bfloat16 has the range of float32 and stays.
    """
    device = inputs[0].device.type
    if not torch.is_autocast_enabled(device) or torch.get_autocast_dtype(device) != torch.float16:
        return network(*inputs)
    with torch.autocast(device, enabled=False):
        return network(*map(_widened, inputs))


def _widened(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) and value.dtype in HALF_TYPES else value
