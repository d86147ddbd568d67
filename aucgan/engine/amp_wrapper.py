"""Mixed precision that also works on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import torch
from mmengine.optim import OptimWrapper
from torch import nn

from aucgan.registry import OPTIM_WRAPPERS


@OPTIM_WRAPPERS.register_module()
class Bf16OptimWrapper(OptimWrapper):
    """Run the forward pass in bfloat16 where PyTorch holds that to be safe, on the CPU or the GPU.

    bfloat16 has the range of float32, so the loss is not scaled. mmengine's ``AmpOptimWrapper`` needs a GPU.
    """

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast inside mmengine's own context."""
        device = next(model.parameters()).device.type
        with super().optim_context(model), torch.autocast(device, dtype=torch.bfloat16):
            yield
