"""Losses in full precision: autocast is switched off inside them and half-precision inputs are widened."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

F = TypeVar("F", bound=Callable[..., Tensor])

_NARROW = (torch.float16, torch.bfloat16)


def _widen(value):
    return value.float() if isinstance(value, Tensor) and value.dtype in _NARROW else value


def in_full_range(network: Callable[..., Tensor], *inputs: Tensor) -> Tensor:
    """``network(*inputs)``, in float32 where autocast would compute in float16, and else as it is.

    For what is differentiated within a loss: no scale lifts that gradient above float16's smallest number, 6e-8, and a
    fixed one would take others beyond the largest. bfloat16 has the range of float32 and stays.
    """
    device = inputs[0].device.type
    if not torch.is_autocast_enabled(device) or torch.get_autocast_dtype(device) != torch.float16:
        return network(*inputs)
    with torch.autocast(device, enabled=False):
        return network(*map(_widen, inputs))


def full_precision(function: F) -> F:
    """Make a loss function compute in float32 at least, inside and outside of autocast.

    Half-precision tensor arguments become float32; float32 and float64 ones stay as they are, so that
    gradients can be checked in float64. Gradients flow back in the type that the caller has.
    """

    @functools.wraps(function)
    def wrapper(*args, **kwargs):
        tensors = [a for a in (*args, *kwargs.values()) if isinstance(a, Tensor)]
        device = tensors[0].device.type if tensors else "cpu"
        with torch.autocast(device_type=device, enabled=False):
            return function(*map(_widen, args), **{k: _widen(v) for k, v in kwargs.items()})

    return wrapper
