"""Agreement of action-unit intensities."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from torch import Tensor

from aucgan.action_units import AU_NAMES
from aucgan.evaluation.metrics.au_f1 import mean_of_known
from aucgan.evaluation.metrics.au_units import chosen_units
from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, ratios, require_equal
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

    ICC(3,1) is what FERA 2015 and 2017 and papers on DISFA report; a common scale of truth and prediction does not
    change it, so intensities in [0, 1] give the number of grades 0 to 5. Reported over the 27 main units, or the chosen
    ones, whose true intensity varies: ``au_intensity/icc``, ``au_intensity/correlation``, ``au_intensity/mae``, and the
    first two of every such unit as ``au_intensity/icc_AU1`` …. Unknown labels (below 0) are skipped. Of a sample:
    ``au_intensity/mae``.

    Args:
        units: FACS numbers to average over; the 27 main ones when None. DISFA: 1, 2, 4, 5, 6, 9, 12, 15, 17, 20, 25,
            26; BP4D: 6, 10, 12, 14, 17.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``au_intensity``.
    """

    default_prefix = "au_intensity"
    needs = ("au_probs", "aus")
    higher_is_better = frozenset(
        {"icc", "correlation", *(f"{score}_{name}" for score in ("icc", "correlation") for name in AU_NAMES)}
    )

    def __init__(
        self, units: Sequence[int] | None = None, collect_device: str = "cpu", prefix: str | None = None
    ) -> None:
        super().__init__(collect_device, prefix)
        self.units = chosen_units(units)

    def measure(self, sample: dict[str, Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Predicted and true intensities, ``(41,)`` both."""
        require_equal(sample, "au_probs", "aus")
        return as_float64(sample["au_probs"]), as_float64(sample["aus"])

    def summarise(self, results: list) -> dict[str, float]:
        """Agreement over the split."""
        pred, true = (np.stack(column) for column in zip(*results, strict=True))
        scores = {}
        for unit in self.units:
            x, y = pred[:, unit], true[:, unit]
            known = y >= 0
            if known.any() and np.ptp(y[known]) > 0:
                x, y = x[known], y[known]
                scores[AU_NAMES[unit]] = (icc31(x, y), correlation(x, y), float(np.abs(x - y).mean()))
        columns = np.array(list(scores.values()), dtype=float).reshape(-1, 3).T
        names = ("icc", "correlation", "mae")
        metrics = {name: mean_of_known(column) for name, column in zip(names, columns, strict=True)}
        for name, (icc, r, _) in scores.items():
            metrics |= {f"icc_{name}": icc, f"correlation_{name}": r}
        return metrics

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Mean absolute error over the known units of each sample."""
        pred, true = (np.stack(column)[:, self.units] for column in zip(*results, strict=True))
        known = true >= 0
        return {"mae": ratios((np.abs(pred - true) * known).sum(1), known.sum(1))}
