"""Error of the displacement map."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, mask_of, ratios, require_equal
from aucgan.registry import METRICS

MILLIMETRES = 1000.0


@METRICS.register_module()
class DisplacementError(SampleMetric):
    """L1 error and R² of the displacement inside the face mask, over all texels of the split.

    Reported: ``displacement/l1_mm``; ``displacement/zero_l1_mm``, the error of a face without displacement; and
    ``displacement/r2`` = 1 - SS_res / SS_tot with the mean of the truth taken over the split (0: no better than that
    mean, 1: perfect; NaN for a constant truth). A sample's own ``r2`` is 1 - N SS_res / SS_tot with its own SS_res and
    the split's SS_tot, so that the mean over the N samples is the split's R².
    """

    default_prefix = "displacement"
    needs = ("uv_z", "gt_uv_z")
    higher_is_better = frozenset({"r2"})

    def measure(self, sample: dict[str, Tensor]) -> np.ndarray:
        """Sums over the masked texels: count, |error|, error², truth, truth², |truth|; in millimetres."""
        require_equal(sample, "uv_z", "gt_uv_z")
        mask = mask_of(sample, "face_mask_uv", sample["uv_z"])
        truth = as_float64(sample["gt_uv_z"])[0][mask] * MILLIMETRES
        error = as_float64(sample["uv_z"])[0][mask] * MILLIMETRES - truth
        return np.array(
            [truth.size, np.abs(error).sum(), error @ error, truth.sum(), truth @ truth, np.abs(truth).sum()]
        )

    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        count, absolute, residual, total, squares, zero = np.sum(results, axis=0)
        if not count:
            raise ValueError("DisplacementError: face_mask_uv is empty in every sample")
        variation = _variation(count, total, squares)
        return {
            "r2": float(1.0 - residual / variation) if variation > 0 else float("nan"),
            "l1_mm": float(absolute / count),
            "zero_l1_mm": float(zero / count),
        }

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """L1 and share of the split's R² of every sample."""
        count, absolute, residual, total, squares, _ = np.transpose(results)
        variation = _variation(count.sum(), total.sum(), squares.sum())
        shares = len(results) * residual / variation if variation > 0 else np.full(len(results), np.nan)
        return {"r2": 1.0 - shares, "l1_mm": ratios(absolute, count)}


def _variation(count: float, total: float, squares: float) -> float:
    """SS_tot: squared differences from the mean, summed."""
    return squares - total**2 / count if count else 0.0
