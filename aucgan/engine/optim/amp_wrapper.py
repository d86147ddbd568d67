"""Mixed precision that also works on the CPU."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext

import torch
from torch import nn

from aucgan.engine.optim.optim_wrapper import OptimWrapper
from aucgan.registry import OPTIM_WRAPPERS


def computes_in_bf16(device: str) -> bool:
    """Whether a device type has instructions for bfloat16; without them it is slower than float32."""
    if device == "cuda":
        return torch.cuda.is_bf16_supported(including_emulation=False)
    if device == "cpu":
        return torch.cpu._is_avx512_bf16_supported() or torch.cpu._is_amx_tile_supported()
    return False


@OPTIM_WRAPPERS.register_module()
class Bf16OptimWrapper(OptimWrapper):
    """Run the forward pass in bfloat16 where PyTorch holds that to be safe, on the CPU or the GPU.

    bfloat16 has the range of float32, so the loss is not scaled. mmengine's ``AmpOptimWrapper`` needs a GPU.

    Args:
        only_if_native: Stay in float32 on devices without instructions for bfloat16.
        **kwargs: Those of ``OptimWrapper``.
    """

    def __init__(self, only_if_native: bool = False, **kwargs: object) -> None:
        super().__init__(**kwargs)
        self.only_if_native = only_if_native

    @contextmanager
    def optim_context(self, model: nn.Module) -> Iterator[None]:
        """Autocast inside mmengine's own context."""
        device = next(model.parameters()).device.type
        cast = computes_in_bf16(device) or not self.only_if_native
        with super().optim_context(model), torch.autocast(device, dtype=torch.bfloat16) if cast else nullcontext():
            yield
