"""Fitted codes of photos as a teacher: the truth, as far as a fit can tell it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.sample_files import SampleFiles
from aucgan.files.kept_files import load_arrays

FITTED_CODES = ("shape", "exp", "pose")
"""Codes that stay what they are however a photo is cropped; mirrored photos have their own."""
CHANCE = 0xC0DE
"""Keeps the draw of what counts apart from that of the augmentation."""


class FittedCodes:
    """Reads the codes that a photo was fitted with, as ``gt_shape`` and the like.

    In training a photo's codes count with the probability that is the fit's confidence, so that its weight in the mean
    of many draws is that confidence. Where they do not count, they are NaN: losses take that for unknown.

    Args:
        files: Of the data set.
        names: Which codes, of :data:`FITTED_CODES`.

    Raises:
        ValueError: Another name.
    """

    def __init__(self, files: SampleFiles, names: Sequence[str]) -> None:
        unknown = [name for name in names if name not in FITTED_CODES]
        if unknown:
            raise ValueError(f"fitted codes are {', '.join(FITTED_CODES)}; got {', '.join(unknown)}")
        self.files, self.names = files, tuple(names)

    def __call__(self, name: str, mirrored: bool, seed: int | None) -> dict[str, Tensor]:
        """The codes of a sample, float32.

        Args:
            name: The sample.
            mirrored: Those of the mirror image.
            seed: Of this draw; ``None``: they count.

        Raises:
            FileNotFoundError: It has none.
            ValueError: They are damaged.
        """
        file = self.files.find("codes", name)
        if file is None:
            raise FileNotFoundError(
                f"{self.files.root} has no fitted codes of {name}: tools/prepare_faces.py makes them"
            )
        codes = load_arrays(file, (*self.names, "confidence"))
        counts = seed is None or np.random.default_rng([seed, CHANCE]).random() < float(codes["confidence"])
        found = {f"gt_{key}": torch.as_tensor(codes[key][int(mirrored)], dtype=torch.float32) for key in self.names}
        return found if counts else {key: torch.full_like(value, torch.nan) for key, value in found.items()}
