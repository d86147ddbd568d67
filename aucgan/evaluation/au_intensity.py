"""Agreement of action-unit intensities."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.action_units import N_MAIN
from aucgan.evaluation.au_f1 import mean_of_known
from aucgan.evaluation.sample_metric import SampleMetric, as_float64, require_equal
from aucgan.registry import METRICS


def _centred_sums(x: np.ndarray, y: np.ndarray) -> tuple[float, float, float]:
    dx, dy = x - x.mean(), y - y.mean()
    return float(dx @ dx), float(dy @ dy), float(dx @ dy)


def icc31(x: np.ndarray, y: np.ndarray) -> float:
    """Intraclass correlation ICC(3,1) of two raters (Shrout & Fleiss 1979): two-way mixed, consistency, single.

    Args:
        x: Intensities by the first rater, ``(N,)``.
        y: Intensities by the second rater, ``(N,)``.

    Returns:
        (MSB - MSE) / (MSB + MSE), which for two raters is 2 S_xy / (S_xx + S_yy), in [-1, 1]; NaN where both are
        constant.
    """
    xx, yy, xy = _centred_sums(x, y)
    return 2.0 * xy / (xx + yy) if xx + yy > 0 else float("nan")


def correlation(x: np.ndarray, y: np.ndarray) -> float:
    """Pearson's correlation of two series ``(N,)``; NaN where one is constant."""
    xx, yy, xy = _centred_sums(x, y)
    return xy / float(np.sqrt(xx * yy)) if xx * yy > 0 else float("nan")


@METRICS.register_module()
class AUIntensity(SampleMetric):
    """ICC(3,1), Pearson correlation and mean absolute error of action-unit intensities, averaged over units.

    Reported over the 27 main units whose true intensity varies: ``au_intensity/icc``, ``au_intensity/correlation``,
    ``au_intensity/mae``. Unknown labels (below 0) are skipped.
    """

    default_prefix = "au_intensity"
    needs = ("au_probs", "aus")

    def measure(self, sample: dict[str, Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Predicted and true intensities, ``(41,)`` both."""
        require_equal(sample, "au_probs", "aus")
        return as_float64(sample["au_probs"]), as_float64(sample["aus"])

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Agreement over the split."""
        pred, true = (np.stack(column)[:, :N_MAIN] for column in zip(*results, strict=True))
        scores = []
        for x, y in zip(pred.T, true.T, strict=True):
            known = y >= 0
            if known.any() and np.ptp(y[known]) > 0:
                x, y = x[known], y[known]
                scores.append((icc31(x, y), correlation(x, y), float(np.abs(x - y).mean())))
        columns = np.array(scores, dtype=float).reshape(-1, 3).T
        names = ("icc", "correlation", "mae")
        return {name: mean_of_known(column) for name, column in zip(names, columns, strict=True)}
