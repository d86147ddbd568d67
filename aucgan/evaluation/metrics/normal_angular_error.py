"""Angular error of the UV normals."""

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

NAMES = ("detail_deg", "coarse_deg")
"""Of the error and of the coarse error."""


def angles_degrees(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    """Angle between two fields of vectors ``(3, ...)``, degrees in [0, 180]."""
    # atan2 keeps small angles that the arc cosine loses
    sine = np.linalg.norm(np.cross(first, second, axis=0), axis=0)
    return np.degrees(np.arctan2(sine, (first * second).sum(0)))


@METRICS.register_module()
class NormalAngularError(SampleMetric):
    """Mean angle between predicted and true UV normals inside the face mask, over all texels of the split.

    Reported: ``normals/detail_deg``, and where the model gives coarse normals ``normals/coarse_deg`` and
    ``normals/improvement_percent``, by how much the detail is closer to the truth.
    """

    default_prefix = "normals"
    higher_is_better = frozenset({"improvement_percent"})
    needs = ("normals_uv", "gt_normals_uv")

    def measure(self, sample: dict[str, Tensor]) -> tuple[int, float, float | None]:
        """Number of texels, sum of the detail's angles, sum of the coarse angles."""
        require_equal(sample, "normals_uv", "gt_normals_uv")
        mask = mask_of(sample, "face_mask_uv", sample["normals_uv"])
        truth = as_float64(sample["gt_normals_uv"])[:, mask]
        detail = angles_degrees(as_float64(sample["normals_uv"])[:, mask], truth).sum()
        if "coarse_normals_uv" not in sample:
            return truth.shape[1], float(detail), None
        coarse = angles_degrees(as_float64(sample["coarse_normals_uv"])[:, mask], truth).sum()
        return truth.shape[1], float(detail), float(coarse)

    def summarise(self, results: list) -> dict[str, float]:
        """Angles over the split."""
        if not any(count for count, *_ in results):
            raise ValueError("NormalAngularError: face_mask_uv is empty in every sample")
        return compared_means(results, NAMES)

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Mean error of every sample."""
        return compared_ratios(results, NAMES)
