"""From the numbers of all runs to a verdict for every variant and metric."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from aucgan.evaluation.statistics.paired_test import (
    Difference,
    Spread,
    compare_means,
    holm,
    moderated_variances,
    person_spread,
)
from aucgan.experiments.outcomes import Outcome

SIGNIFICANCE = 0.05
REFERENCE, BETTER, WORSE, EQUAL, HIGHER, LOWER, NOT_MEASURED = (
    "reference",
    "better",
    "worse",
    "not distinguishable",
    "higher",
    "lower",
    "not measured",
)
DETAILS = re.compile(r"/(f1_AU.*|\w*_all|\w*_median)$")
"""Metrics that refine others: they are in the JSON file, and tested on request only."""
SAME = 1e-6
"""Values that agree to this share are the same."""

Outcomes = Mapping[str, Sequence[Outcome]]


@dataclass(frozen=True)
class Row:
    """One variant in one metric.

    Attributes:
        variant: Name of the variant.
        metric: Name of the metric.
        values: Seed → value, of the runs that finished.
        difference: Against the reference; ``None`` for the reference itself and where there are no numbers.
        p: Its probability under chance, after Holm's correction over all rows.
        agreeing: How many seeds differ from the reference's mean in the direction of the difference.
        verdict: ``better``, ``worse`` or ``not distinguishable`` (``higher`` or ``lower`` where it is not known what
            is better), ``reference`` or ``not measured``.
    """

    variant: str
    metric: str
    values: Mapping[int, float]
    difference: Difference | None = None
    p: float | None = None
    agreeing: int = 0
    verdict: str = NOT_MEASURED

    @property
    def mean(self) -> float:
        """Mean over the seeds; NaN where there is none."""
        return float(np.mean(list(self.values.values()))) if self.values else float("nan")

    @property
    def std(self) -> float:
        """Standard deviation over the seeds; NaN below two."""
        return float(np.std(list(self.values.values()), ddof=1)) if len(self.values) > 1 else float("nan")


def metric_names(outcomes: Outcomes) -> list[str]:
    """Every number that any run measured, in order."""
    return list(dict.fromkeys(name for runs in outcomes.values() for run in runs for name in run.metrics))


def constants(outcomes: Outcomes) -> dict[str, float]:
    """Metrics that are the same for all runs: they depend on the data and the frozen parts alone."""
    runs = [run for found in outcomes.values() for run in found if run.finished]
    same = {}
    for name in metric_names(outcomes):
        values = [run.metrics.get(name, np.nan) for run in runs]
        if len(runs) > 1 and np.allclose(values, values[0], rtol=SAME, atol=0):
            same[name] = values[0]
    return same


def default_metrics(outcomes: Outcomes) -> list[str]:
    """The metrics that are tested unless others are asked for."""
    left_out = constants(outcomes)
    return [name for name in metric_names(outcomes) if name not in left_out and not DETAILS.search(name)]


def more_is_better(metric: str, outcomes: Outcomes) -> bool | None:
    """Whether more of a metric is better; ``None`` where its runs do not say."""
    for run in (run for runs in outcomes.values() for run in runs):
        if run.samples is not None and metric in run.samples.values:
            return metric in run.samples.more_is_better
    return None


def judge(outcomes: Outcomes, metrics: Sequence[str]) -> list[Row]:
    """Compare every variant with the first in every metric.

    Args:
        outcomes: Variant → its runs; the first variant is the reference.
        metrics: The metrics.

    Returns:
        One row a metric and variant, metric by metric.
    """
    rows = [row for metric in metrics for row in _rows_of(metric, outcomes)]
    upwards = {metric: more_is_better(metric, outcomes) for metric in metrics}
    tested = [(i, row.difference) for i, row in enumerate(rows) if row.difference is not None]
    corrected = holm([difference.p for _, difference in tested])
    for (i, difference), p in zip(tested, corrected, strict=True):
        rows[i] = _judged(rows[i], difference, float(p), upwards[rows[i].metric])
    return rows


def _rows_of(metric: str, outcomes: Outcomes) -> list[Row]:
    values = {v: {r.seed: r.metrics[metric] for r in runs if metric in r.metrics} for v, runs in outcomes.items()}
    names = list(outcomes)
    spreads = dict(zip(names, moderated_variances([list(values[v].values()) for v in names]), strict=True))
    one_seed = max(len(found) for found in values.values()) <= 1
    rows = [Row(names[0], metric, values[names[0]], verdict=REFERENCE if values[names[0]] else NOT_MEASURED)]
    for name in names[1:]:
        row = Row(name, metric, values[name])
        if row.values and rows[0].values:
            parts = [] if one_seed else [_of_mean(spreads[v], len(values[v])) for v in (name, names[0])]
            row = _tested(row, rows[0], [*parts, *_person_part(metric, outcomes[name], outcomes[names[0]])])
        rows.append(row)
    return rows


def _of_mean(spread: Spread, count: int) -> Spread:
    return Spread(spread.variance / count, max(spread.freedom, 1.0))


def _person_part(metric: str, runs: Sequence[Outcome], reference: Sequence[Outcome]) -> list[Spread]:
    """Variance of the difference over persons; nothing where the metric has no values of single samples."""
    means = []
    for found in (runs, reference):
        arrays = [r.samples.values[metric] for r in found if r.samples is not None and metric in r.samples.values]
        if not arrays:
            return []
        means.append(np.mean(arrays, axis=0))
    difference = means[0] - means[1]
    known = np.isfinite(difference)
    identities = next(r.samples.identities for r in runs if r.samples is not None)
    return [person_spread(difference[known], identities[known])] if known.any() else []


def _tested(row: Row, reference: Row, parts: Sequence[Spread]) -> Row:
    difference = compare_means(row.mean - reference.mean, parts)
    agreeing = sum((value - reference.mean) * difference.value > 0 for value in row.values.values())
    return Row(row.variant, row.metric, row.values, difference, None, agreeing)


def _judged(row: Row, difference: Difference, p: float, more: bool | None) -> Row:
    rises = difference.value > 0
    if p >= SIGNIFICANCE:
        verdict = EQUAL
    elif more is None:
        verdict = HIGHER if rises else LOWER
    else:
        verdict = BETTER if rises == more else WORSE
    return Row(row.variant, row.metric, row.values, difference, p, row.agreeing, verdict)
