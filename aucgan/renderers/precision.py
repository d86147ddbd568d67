"""Rendering stays in single precision: 8 bits of mantissa cannot tell neighbouring pixels apart."""

from __future__ import annotations

import functools
from collections.abc import Callable
from contextlib import nullcontext
from typing import Any

import torch
from torch import Tensor

HALF_TYPES = (torch.float16, torch.bfloat16)


def full_precision(method: Callable) -> Callable:
    """Switch autocast off within a method and hand it half-precision tensors as float32."""

    @functools.wraps(method)
    def wrapped(self: Any, *args: Any, **kwargs: Any) -> Any:
        args = tuple(_widened(value) for value in args)
        kwargs = {name: _widened(value) for name, value in kwargs.items()}
        device = next((value.device.type for value in (*args, *kwargs.values()) if isinstance(value, Tensor)), "cpu")
        known = device in ("cpu", "cuda")
        with torch.autocast(device, enabled=False) if known else nullcontext():
            return method(self, *args, **kwargs)

    return wrapped


def _widened(value: Any) -> Any:
    return value.float() if isinstance(value, Tensor) and value.dtype in HALF_TYPES else value
