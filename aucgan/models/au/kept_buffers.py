"""What forward passes count and average, kept so that an extra pass can start from it and leave it alone."""

from __future__ import annotations

import torch
from torch import nn


class KeptBuffers:
    """The values that the buffers of a module have now: running statistics, counts of labels and of iterations.

    Args:
        module: The module; its buffers keep their places in memory.
    """

    def __init__(self, module: nn.Module) -> None:
        self._kept = [(buffer, buffer.clone()) for buffer in module.buffers()]

    @torch.no_grad()
    def restore(self) -> None:
        """Give the buffers their values back; not between a forward pass and the backward pass that goes with it."""
        for buffer, value in self._kept:
            buffer.copy_(value)
