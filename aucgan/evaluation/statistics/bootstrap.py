"""Confidence intervals of action-unit scores by the bootstrap."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aucgan.evaluation.metrics.au_f1 import THRESHOLD

SCORES = ("f1", "accuracy", "correlation", "icc")
DRAWS, LEVEL = 2000, 0.95
AT_ONCE = 250
"""Resampled splits that are scored at once, to bound the memory."""
FLAT = 1e-12
"""Share of the mean square below which a variance is rounding: the values are constant."""


def draw_weights(groups: Sequence[object], draws: int = DRAWS, seed: int = 0) -> np.ndarray:
    """How often each sample occurs in every resampled split (Efron 1979; cluster bootstrap).

    Whole groups are drawn with replacement, as many as there are: the photos of one person are no independent evidence.

    Args:
        groups: What each sample belongs to, ``(N,)``; all different to draw single samples.
        draws: Number of resampled splits D.
        seed: Of the draws.

    Returns:
        ``(D, N)`` float64.

    Raises:
        ValueError: There is no sample.
    """
    if not len(groups):
        raise ValueError("nothing to draw from: there is no sample")
    _, member = np.unique(np.asarray(groups), return_inverse=True)
    count = int(member.max()) + 1
    counts = np.random.default_rng(seed).multinomial(count, np.full(count, 1.0 / count), size=draws)
    return counts[:, member].astype(np.float64)


def weighted_scores(
    probabilities: np.ndarray,
    labels: np.ndarray,
    weights: np.ndarray,
    threshold: float = THRESHOLD,
    present_above: float = 0.0,
) -> dict[str, np.ndarray]:
    """F1, accuracy, correlation and ICC(3,1) of every unit in every resampled split, all at once.

    Args:
        probabilities: ``(N, A)``.
        labels: Intensities, ``(N, A)``; below 0 unknown.
        weights: How often each sample counts, ``(D, N)``; ones for the split itself.
        threshold: Probability from which a unit counts as detected.
        present_above: Intensity above which a unit is present.

    Returns:
        The scores by name, each ``(D, A)``; NaN where a unit is never present (F1, accuracy), or its truth or its
        prediction is constant (correlation, ICC).
    """
    known = labels >= 0
    said, present = probabilities >= threshold, labels > present_above
    true, wrong, seen, positive = (
        weights @ matrix.astype(float) for matrix in (said & present, known & (said != present), known, present)
    )
    scores = {"f1": _divided(2 * true, 2 * true + wrong, positive > 0)}
    scores["accuracy"] = _divided(seen - wrong, seen, positive > 0)
    return scores | _agreement(probabilities, labels, known, weights, seen)


def _agreement(x: np.ndarray, y: np.ndarray, known: np.ndarray, weights: np.ndarray, seen: np.ndarray) -> dict:
    """Correlation and ICC(3,1), from moments about the overall means, for precision."""
    count = np.maximum(known.sum(0), 1)
    dx, dy = (np.where(known, v - np.where(known, v, 0).sum(0) / count, 0.0) for v in (x, y))
    mean_x, mean_y, xx, yy, xy = (
        _divided(weights @ moment, seen, seen > 0) for moment in (dx, dy, dx * dx, dy * dy, dx * dy)
    )
    var_x, var_y, cov = xx - mean_x**2, yy - mean_y**2, xy - mean_x * mean_y
    varied = (var_x > FLAT * xx) & (var_y > FLAT * yy)
    return {
        "correlation": _divided(cov, np.sqrt(np.abs(var_x * var_y)), varied),
        "icc": _divided(2 * cov, var_x + var_y, varied),
    }


def _divided(numerator: np.ndarray, denominator: np.ndarray, valid: np.ndarray) -> np.ndarray:
    return np.divide(numerator, denominator, out=np.full(numerator.shape, np.nan), where=valid & (denominator != 0))


def bootstrap_scores(
    probabilities: np.ndarray,
    labels: np.ndarray,
    groups: Sequence[object],
    draws: int = DRAWS,
    seed: int = 0,
    threshold: float = THRESHOLD,
    present_above: float = 0.0,
) -> dict[str, np.ndarray]:
    """The scores of :func:`weighted_scores` in resampled splits, ``(D, A)`` each; see :func:`draw_weights`."""
    weights = draw_weights(groups, draws, seed)
    parts = [
        weighted_scores(probabilities, labels, weights[start : start + AT_ONCE], threshold, present_above)
        for start in range(0, draws, AT_ONCE)
    ]
    return {name: np.concatenate([part[name] for part in parts]) for name in SCORES}


def interval(draws: np.ndarray, level: float = LEVEL) -> np.ndarray:
    """Percentile interval of draws ``(D, ...)``, ``(2, ...)``; NaN where every draw is."""
    tails = 100 * np.array([(1 - level) / 2, (1 + level) / 2])
    defined = ~np.isnan(draws).all(0)
    filled = np.where(defined, draws, 0.0)
    return np.where(defined, np.nanpercentile(filled, tails, axis=0), np.nan)


def macro(scores: np.ndarray, units: Sequence[int]) -> np.ndarray:
    """Mean over the chosen units where they are defined, ``(D,)``, of scores ``(D, A)``; NaN where none is."""
    chosen = scores[:, list(units)]
    defined = ~np.isnan(chosen)
    return _divided(np.where(defined, chosen, 0.0).sum(1), defined.sum(1).astype(float), defined.any(1))
