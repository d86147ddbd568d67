"""F1 and accuracy of action units."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from torch import Tensor

from aucgan.action_units import AU_NAMES
from aucgan.evaluation.metrics.au_units import chosen_units
from aucgan.evaluation.metrics.sample_metric import SampleMetric, as_float64, require_equal
from aucgan.registry import METRICS

THRESHOLD = 0.5


def f1_scores(
    probabilities: np.ndarray, labels: np.ndarray, threshold: float = THRESHOLD, axis: int = 0, present_above: float = 0
) -> np.ndarray:
    """F1 of every action unit; NaN for those that are never present.

    Args:
        probabilities: ``(N, A)`` in [0, 1].
        labels: Intensities, ``(N, A)``: below 0 unknown (skipped).
        threshold: Probability from which a unit counts as detected.
        axis: What is counted over: 0 for the F1 of every unit, 1 for that of every sample.
        present_above: A unit is present where its intensity is above this.

    Returns:
        ``2 TP / (2 TP + FP + FN)``, ``(A,)``, or ``(N,)`` for ``axis=1``.
    """
    known, present, said = labels >= 0, labels > present_above, probabilities >= threshold
    true = (said & present).sum(axis)
    wrong = (known & (said != present)).sum(axis)
    return np.where(present.any(axis), 2 * true / np.maximum(2 * true + wrong, 1), np.nan)


def accuracies(
    probabilities: np.ndarray, labels: np.ndarray, threshold: float = THRESHOLD, axis: int = 0, present_above: float = 0
) -> np.ndarray:
    """Share of right decisions of every action unit, ``(A,)``; NaN where nothing is known. See :func:`f1_scores`."""
    known = labels >= 0
    right = (known & ((probabilities >= threshold) == (labels > present_above))).sum(axis)
    return np.where(known.any(axis), right / np.maximum(known.sum(axis), 1), np.nan)


def mean_of_known(values: np.ndarray) -> float:
    """Mean without NaNs; NaN if there is nothing else."""
    values = values[~np.isnan(values)]
    return float(values.mean()) if values.size else float("nan")


@METRICS.register_module()
class AUF1(SampleMetric):
    """Macro-F1, accuracy and per-unit F1 over the action units that are present in the split.

    Counts are pooled over all samples of the split, as in the protocols of BP4D, DISFA and FERA; unknown labels are
    skipped. Reported: ``au/macro_f1`` (the 27 main units, or the chosen ones: the headline), ``au/macro_f1_all`` (left
    and right units too), ``au/accuracy`` (of the units in the headline) and ``au/f1_AU1`` … for every unit present. Of
    a sample: ``au/accuracy`` and ``au/sample_f1``, over the units of the headline.

    Args:
        threshold: Probability from which a unit counts as detected.
        units: FACS numbers that the headline averages over; the 27 main ones when None. BP4D: 1, 2, 4, 6, 7, 10, 12,
            14, 15, 17, 23, 24; DISFA: 1, 2, 4, 6, 9, 12, 25, 26.
        present_above: A unit is present where its intensity is above this. DISFA counts grades 2 to 5 of 5 as
            present: 0.3.
        collect_device: Where results of several processes are gathered.
        prefix: Replaces ``au``.
    """

    default_prefix = "au"
    needs = ("au_probs", "aus")
    higher_is_better = frozenset(
        {"macro_f1", "macro_f1_all", "accuracy", "sample_f1", *(f"f1_{name}" for name in AU_NAMES)}
    )

    def __init__(
        self,
        threshold: float = THRESHOLD,
        units: Sequence[int] | None = None,
        present_above: float = 0.0,
        collect_device: str = "cpu",
        prefix: str | None = None,
    ) -> None:
        super().__init__(collect_device, prefix)
        self.threshold, self.present_above = threshold, present_above
        self.units = chosen_units(units)

    def measure(self, sample: dict[str, Tensor]) -> tuple[np.ndarray, np.ndarray]:
        """Probabilities and labels, ``(41,)`` both."""
        require_equal(sample, "au_probs", "aus")
        return as_float64(sample["au_probs"]), as_float64(sample["aus"])

    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split."""
        probabilities, labels = (np.stack(column) for column in zip(*results, strict=True))
        f1 = self._score(f1_scores, probabilities, labels)
        present = ~np.isnan(f1)
        accuracy = np.where(present, self._score(accuracies, probabilities, labels), np.nan)
        metrics = {
            "macro_f1": mean_of_known(f1[self.units]),
            "macro_f1_all": mean_of_known(f1),
            "accuracy": mean_of_known(accuracy[self.units]),
        }
        return metrics | {f"f1_{AU_NAMES[i]}": float(f1[i]) for i in np.flatnonzero(present)}

    def per_sample(self, results: list) -> dict[str, np.ndarray]:
        """Accuracy and F1 over the units of each sample."""
        probabilities, labels = (np.stack(column)[:, self.units] for column in zip(*results, strict=True))
        return {
            "accuracy": self._score(accuracies, probabilities, labels, axis=1),
            "sample_f1": self._score(f1_scores, probabilities, labels, axis=1),
        }

    def _score(
        self, score: Callable[..., np.ndarray], probabilities: np.ndarray, labels: np.ndarray, axis: int = 0
    ) -> np.ndarray:
        return score(probabilities, labels, self.threshold, axis, self.present_above)
