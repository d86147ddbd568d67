"""The affine map from an encoder's outputs to FLAME codes."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor, nn

from aucgan.structures import FlameCodes


class CodeScale(nn.Module):
    """``code = mean + std · output``, per code, so that a network's outputs of size 1 are codes of natural size.

    Without it a camera translation (centimetres) and a shape coefficient (units) share one learning rate, and
    training from scratch wanders. Published encoders regress the codes directly: leave ``stats`` empty for them.

    Args:
        stats: ``{code name: dict(mean=..., std=...)}``; numbers, or lists that broadcast to the code's shape.
        n_shape: Number of shape coefficients.
        n_tex: Number of albedo coefficients.
        n_exp: Number of expression coefficients.
    """

    mean: Tensor
    std: Tensor

    def __init__(self, stats: Mapping[str, Mapping], n_shape: int, n_tex: int, n_exp: int):
        super().__init__()
        self.sizes = dict(n_shape=n_shape, n_tex=n_tex, n_exp=n_exp)
        for key, value in (("mean", 0.0), ("std", 1.0)):
            blank = FlameCodes.from_vector(torch.full((1, n_shape + n_tex + n_exp + 36), value), **self.sizes)
            codes = {
                name: torch.as_tensor(stat[key], dtype=torch.float32).expand_as(getattr(blank, name))
                for name, stat in stats.items()
                if key in stat
            }
            self.register_buffer(key, blank.with_codes(**codes).to_vector(), persistent=False)

    def forward(self, output: Tensor) -> FlameCodes:
        """Map an encoder's output ``(B, n)`` to codes."""
        if output.shape[-1] != self.mean.shape[-1]:
            FlameCodes.from_vector(output, **self.sizes)  # raises the error that explains the sizes
        return FlameCodes.from_vector(self.mean + self.std * output, **self.sizes)
