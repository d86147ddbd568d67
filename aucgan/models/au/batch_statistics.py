"""Holding BatchNorm's running statistics still during an extra forward pass."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from torch import nn
from torch.nn.modules.batchnorm import _BatchNorm


@contextmanager
def frozen_running_statistics(module: nn.Module) -> Iterator[None]:
    """Let train-mode BatchNorm layers use batch statistics without adding them to the running ones."""
    momenta = {bn: bn.momentum for bn in module.modules() if isinstance(bn, _BatchNorm)}
    for bn in momenta:
        bn.momentum = 0.0
    try:
        yield
    finally:
        for bn, momentum in momenta.items():
            bn.momentum = momentum
