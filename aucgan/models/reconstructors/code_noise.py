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

    def __call__(self, codes: FlameCodes, batch: Mapping[str, Tensor]) -> FlameCodes:
        """Codes for a training step; ``codes`` themselves where there is no noise.

        Args:
            codes: The regressed codes.
            batch: ``gt_shape``, ``gt_exp``, ``gt_pose`` and ``gt_cam``, at least as wide.

        Raises:
            KeyError: The batch lacks one; the message says what to do.
        """
        if not self.sizes:
            return codes
        missing = [f"gt_{name}" for name in NOISY if f"gt_{name}" not in batch]
        if missing:
            raise KeyError(
                f"code_noise needs the true codes, but the batch has no {', '.join(missing)}: set "
                f"truth={['displacement', *NOISY]} for the data set, or code_noise={{}} for photos"
            )
        return codes.with_codes(**{name: self._noisy(name, getattr(codes, name), batch) for name in NOISY})

    def _noisy(self, name: str, regressed: Tensor, batch: Mapping[str, Tensor]) -> Tensor:
        true = batch[f"gt_{name}"][:, : regressed.shape[1]].to(regressed)
        noise = self.sizes.get(name, 0.0) * torch.randn(true.shape).to(true)
        if name == "cam":
            noise = noise * torch.cat([10 * true[:, :1], torch.ones_like(true[:, 1:])], dim=1)
        return true + noise
