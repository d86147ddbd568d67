"""F1 and accuracy of action units."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from aucgan.action_units import AU_NAMES, N_MAIN
from aucgan.evaluation.sample_metric import SampleMetric, as_float64, require_equal
from aucgan.registry import METRICS

THRESHOLD = 0.5


def f1_scores(probabilities: np.ndarray, labels: np.ndarray, threshold: float = THRESHOLD) -> np.ndarray:
    """F1 of every action unit; NaN for those that are never present.

    Args:
        probabilities: ``(N, A)`` in [0, 1].
        labels: Intensities, ``(N, A)``: above 0 present, 0 absent, below 0 unknown (skipped).
        threshold: Probability from which a unit counts as detected.

    Returns:
        ``2 TP / (2 TP + FP + FN)``, ``(A,)``.
    """
    known, present, said = labels >= 0, labels > 0, probabilities >= threshold
    true = (said & present).sum(0)
    wrong = (known & (said != present)).sum(0)
    return np.where(present.any(0), 2 * true / np.maximum(2 * true + wrong, 1), np.nan)


def accuracies(probabilities: np.ndarray, labels: np.ndarray, threshold: float = THRESHOLD) -> np.ndarray:
    """Share of right decisions of every action unit, ``(A,)``; NaN where nothing is known."""
    known = labels >= 0
    right = (known & ((probabilities >= threshold) == (labels > 0))).sum(0)
    return np.where(known.any(0), right / np.maximum(known.sum(0), 1), np.nan)


def mean_of_known(values: np.ndarray) -> float:
    """Mean without NaNs; NaN if there is nothing else."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


@METRICS.register_module()
class AUF1(SampleMetric):
    """Macro-F1, accuracy and per-unit F1 over the action units that are present in the split.

    Reported: ``au/macro_f1`` (the 27 main units: the headline), ``au/macro_f1_all`` (left and right units too),
    ``au/accuracy`` (main units) and ``au/f1_AU1`` … for every unit present.

    Args:
        threshold: Probability from which a unit counts as detected.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``au``.
    """

    default_prefix = "au"
    needs = ("au_probs", "aus")

    def __init__(self, threshold: float = THRESHOLD, collect_device: str = "cpu", prefix: str | None = None) -> None:
        super().__init__(collect_device, prefix)
        self.threshold = threshold

    def measure(self, sample: dict[str, Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and labels, ``(41,)`` both."""
        require_equal(sample, "au_probs", "aus")
        return as_float64(sample["au_probs"]), as_float64(sample["aus"])

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        probabilities, labels = (np.stack(column) for column in zip(*results, strict=True))
        f1 = f1_scores(probabilities, labels, self.threshold)
        present = (labels > 0).any(0)
        accuracy = np.where(present, accuracies(probabilities, labels, self.threshold), np.nan)
        metrics = {
            "macro_f1": mean_of_known(f1[:N_MAIN]),
            "macro_f1_all": mean_of_known(f1),
            "accuracy": mean_of_known(accuracy[:N_MAIN]),
        }
        return metrics | {f"f1_{AU_NAMES[i]}": float(f1[i]) for i in np.flatnonzero(present)}
