"""Colour error of the render inside the mask."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import (
    SampleMetric,
    as_float64,
    improvement_percent,
    mask_of,
    ratios,
    require_equal,
)
from aucgan.registry import METRICS


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
        counts, errors, coarses = zip(*results, strict=True)
        count = sum(counts)
        if not count:
            raise ValueError("PhotometricError: the mask is empty in every sample")
        error = sum(errors) / count
        if None in coarses:
            return {"l1": error}
        coarse = sum(coarses) / count
        return {"l1": error, "coarse_l1": coarse, "improvement_percent": improvement_percent(coarse, error)}

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Mean error of every sample."""
        counts, details, coarses = zip(*results, strict=True)
        values = {"l1": ratios(details, counts)}
        return values if None in coarses else values | {"coarse_l1": ratios(coarses, counts)}
