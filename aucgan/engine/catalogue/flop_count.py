"""Counting the floating-point operations of whatever runs."""

from __future__ import annotations

from typing import Any

import torch
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.flop_counter import flop_registry


class FlopCount(TorchDispatchMode):
    """Counts the operations of matrix products, convolutions and attention within a ``with`` block, both directions.

    The numbers are those of PyTorch's ``FlopCounterMode``, whose formulas it uses. That one also follows which module
    is at work, by hooks on gradients which break steps that call ``torch.autograd.grad`` (a gradient penalty) or feed
    parameters to a module as inputs (learned tokens).

    Attributes:
        total: Operations so far; a multiplication and an addition are two.
    """

    def __init__(self) -> None:
        super().__init__()
        self.total = 0

    def __torch_dispatch__(self, func: Any, types: Any, args: tuple = (), kwargs: dict | None = None) -> Any:
        """Run an operator, and count it if it has a formula; composite ones are counted by their parts."""
        kwargs = kwargs or {}
        formula = flop_registry.get(func._overloadpacket)
        if formula is None and func is not torch.ops.prim.device.default:
            with self:
                parts = func.decompose(*args, **kwargs)
            if parts is not NotImplemented:
                return parts
        output = func(*args, **kwargs)
        if formula is not None:
            self.total += formula(*args, **kwargs, out_val=output)
        return output
