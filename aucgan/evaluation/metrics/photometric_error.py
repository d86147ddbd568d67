"""Colour error of the render inside the mask."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import (
    SampleMetric,
    as_float64,
    compared_means,
    compared_ratios,
    mask_of,
    require_equal,
)
from aucgan.registry import METRICS

NAMES = ("l1", "coarse_l1")
"""Of the error and of the coarse error."""


@METRICS.register_module()
class PhotometricError(SampleMetric):
    """Mean absolute colour difference of render and photo inside the mask, over all pixels of the split.

    Reported: ``photo/l1`` (colours in [0, 1]), and where the model also gives a coarse render ``photo/coarse_l1`` and
    ``photo/improvement_percent``.
    """

    default_prefix = "photo"
    higher_is_better = frozenset({"improvement_percent"})
    needs = ("pred_image", "image")

    def measure(self, sample: dict[str, Tensor]) -> tuple[int, float, float | None]:
        """Number of colour values, sum of the errors, sum of the coarse errors."""
        require_equal(sample, "pred_image", "image")
        mask = mask_of(sample, "mask", sample["image"])
        photo = as_float64(sample["image"])[:, mask]
        error = float(np.abs(as_float64(sample["pred_image"])[:, mask] - photo).sum())
        if "coarse_image" not in sample:
            return photo.size, error, None
        require_equal(sample, "coarse_image", "image")
        coarse = float(np.abs(as_float64(sample["coarse_image"])[:, mask] - photo).sum())
        return photo.size, error, coarse

    def summarise(self, results: list) -> dict[str, float]:
        """Errors over the split."""
        if not any(count for count, *_ in results):
            raise ValueError("PhotometricError: the mask is empty in every sample")
        return compared_means(results, NAMES)

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Mean error of every sample."""
        return compared_ratios(results, NAMES)
