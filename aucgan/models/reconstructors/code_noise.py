"""Codes as a fit gives them: the true ones, a little off."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor

from aucgan.structures import FlameCodes

NOISY = ("shape", "exp", "pose", "cam")


class CodeNoise:
    """Puts the true codes with noise in place of the regressed ones; albedo and light stay the regressed ones.

    Args:
        sizes: Standard deviations of ``shape``, ``exp``, ``pose`` (radians) and ``cam`` (of the translation in metres;
            the scale varies by ten times as much of itself). Those left out have none; empty: no code is replaced.

    Raises:
        ValueError: An unknown name or a negative size.
    """

    def __init__(self, sizes: Mapping[str, float]) -> None:
        wrong = sorted(name for name, size in sizes.items() if name not in NOISY or size < 0)
        if wrong:
            raise ValueError(f"code_noise takes sizes of {', '.join(NOISY)} that are not negative; wrong: {wrong}")
        self.sizes = dict(sizes)

    def __call__(self, codes: FlameCodes, batch: Mapping[str, Tensor], fixed: bool = False) -> FlameCodes:
        """The codes of a batch.

        Args:
            codes: The regressed codes; returned as they are where there is no noise, or no truth.
            batch: With ``gt_shape``, ``gt_exp``, ``gt_pose`` and ``gt_cam``, at least as wide.
            fixed: The noise of a sample is a function of its ``index`` in the batch, as for measurements.
        """
        if not self.sizes or not batch.keys() >= {f"gt_{name}" for name in NOISY}:
            return codes
        regressed = torch.cat([getattr(codes, name) for name in NOISY], dim=1)
        noise = _fixed_noise(batch["index"], regressed.shape[1]) if fixed else torch.randn(regressed.shape)
        widths = [getattr(codes, name).shape[1] for name in NOISY]
        parts = zip(NOISY, noise.to(regressed).split(widths, dim=1), strict=True)
        return codes.with_codes(**{name: self._noisy(name, part, batch[f"gt_{name}"]) for name, part in parts})

    def _noisy(self, name: str, noise: Tensor, truth: Tensor) -> Tensor:
        true = truth[:, : noise.shape[1]].to(noise)
        noise = self.sizes.get(name, 0.0) * noise
        if name == "cam":
            noise = noise * torch.cat([10 * true[:, :1], torch.ones_like(true[:, 1:])], dim=1)
        return true + noise


def _fixed_noise(index: Tensor, width: int) -> Tensor:
    """Normal noise, ``(B, width)``, a row for each index."""
    return torch.stack([torch.randn(width, generator=torch.Generator().manual_seed(int(i))) for i in index])
