"""Normalised mean error of landmarks."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, require_equal
from aucgan.registry import METRICS

#: Zero-based landmarks of the outer eye corners; their distance is the inter-ocular distance.
OUTER_EYE_CORNERS = (36, 45)


def landmark_nme(pred: np.ndarray, target: np.ndarray) -> float:
    """Mean distance of the points over the true inter-ocular distance, in percent.

    Args:
        pred: Predicted points, ``(68, 2)``.
        target: True points, ``(68, 2)``.

    Returns:
        Percent; NaN where the true eye corners coincide.
    """
    right, left = (target[i] for i in OUTER_EYE_CORNERS)
    size = float(np.linalg.norm(right - left))
    return 100.0 * float(np.linalg.norm(pred - target, axis=-1).mean()) / size if size else float("nan")


@METRICS.register_module()
class LandmarkNME(SampleMetric):
    """Mean landmark distance in percent of the inter-ocular distance: ``landmarks/nme`` (and ``_median``)."""

    default_prefix = "landmarks"
    needs = ("landmarks", "gt_landmarks")

    def measure(self, sample: dict[str, Tensor]) -> float:
        """Error of one face, percent."""
        require_equal(sample, "landmarks", "gt_landmarks")
        return landmark_nme(as_float64(sample["landmarks"]), as_float64(sample["gt_landmarks"]))

    def summarise(self, results: list) -> dict[str, float]:
        """Mean and median over the split."""
        return {"nme": float(np.nanmean(results)), "nme_median": float(np.nanmedian(results))}

    def per_sample(self, results: list) -> dict[str, list[float]]:
        """The error of every face."""
        return {"nme": results}
