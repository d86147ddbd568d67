"""Is one method better than another? A test over persons and seeds together.

A measured difference has two sources of chance: the persons in the test split, and the seed of the training. Both are
counted. With ``D`` the difference of the means over all seeds and samples,

    Var(D) = V_persons + s_a² / S_a + s_b² / S_b

where ``V_persons`` is the cluster-robust variance of the mean of the samples' differences (each averaged over the
seeds; photos of one person belong together), ``S`` the numbers of seeds and ``s²`` the variances between seeds. These
stand on few seeds, so each is moderated towards what all methods of the comparison show [1]. ``D / sqrt(Var(D))`` is
compared with Student's t, whose degrees of freedom follow Satterthwaite [2].

[1] Smyth, Statistical Applications in Genetics and Molecular Biology 3(1), 2004.
[2] Satterthwaite, Biometrics Bulletin 2(6), 1946.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy import optimize, special, stats

CONFIDENCE = 0.95
SMALLEST_SHARE = 1e-5
"""Variances between seeds below this share of their median count as it: their logarithm must exist."""


@dataclass(frozen=True)
class Spread:
    """An estimated variance of a mean.

    Attributes:
        variance: The variance.
        freedom: Degrees of freedom of the estimate.
    """

    variance: float
    freedom: float


@dataclass(frozen=True)
class Difference:
    """A method minus the reference.

    Attributes:
        value: The difference.
        low: Lower end of its 95 % confidence interval.
        high: Upper end.
        p: Two-sided probability of a difference at least as large by chance.
    """

    value: float
    low: float
    high: float
    p: float


def person_spread(differences: np.ndarray, identities: np.ndarray) -> Spread:
    """Cluster-robust variance of the mean of paired differences.

    Args:
        differences: One a sample, ``(N,)``.
        identities: Who is on the sample, ``(N,)``; samples of one person are not independent.

    Returns:
        ``G / (G - 1) · Σ_g (Σ_{i in g} (d_i - mean))² / N²`` over the G persons; infinite for a single person.
    """
    _, group = np.unique(identities, return_inverse=True)
    sums = np.bincount(group, weights=differences - differences.mean())
    persons = len(sums)
    if persons < 2:
        return Spread(float("inf"), 1.0)
    return Spread(float(persons / (persons - 1) * (sums @ sums) / len(differences) ** 2), persons - 1.0)


def moderated_variances(values: Sequence[Sequence[float]]) -> list[Spread]:
    """Variance between the seeds of every method, moderated towards that of all [1].

    Where the methods vary alike, this is the pooled variance; where they do not, each keeps more of its own.

    Args:
        values: The metric of every seed, one sequence a method; those with one seed get an infinite variance.

    Returns:
        One a method, of a single seed (not of the mean).
    """
    freedom = np.array([len(v) - 1.0 for v in values])
    own = np.array([np.var(v, ddof=1) if len(v) > 1 else np.inf for v in values])
    known = freedom > 0
    spreads = [Spread(float(v), float(d)) for v, d in zip(own, freedom, strict=True)]
    if known.sum() < 2 or not (own[known] > 0).any():
        return spreads
    prior, prior_freedom = _prior(own[known], freedom[known])
    most = float(freedom[known].sum())
    for i in np.flatnonzero(known):
        d = freedom[i]
        mixed = prior if np.isinf(prior_freedom) else (prior_freedom * prior + d * own[i]) / (prior_freedom + d)
        spreads[i] = Spread(float(mixed), float(min(prior_freedom + d, most)))
    return spreads


def compare_means(value: float, spreads: Sequence[Spread]) -> Difference:
    """Test a difference whose variance is the sum of independent parts.

    Args:
        value: The difference.
        spreads: Its parts; empty or zero for a difference without any chance in it.
    """
    total = sum(s.variance for s in spreads)
    if not total > 0:
        return Difference(value, value, value, 1.0 if value == 0 else 0.0)
    if np.isinf(total):
        return Difference(value, -np.inf, np.inf, 1.0)
    freedom = total**2 / sum(s.variance**2 / s.freedom for s in spreads if s.variance > 0)
    error = total**0.5
    half = float(stats.t.ppf(0.5 + CONFIDENCE / 2, freedom)) * error
    return Difference(value, value - half, value + half, float(2 * stats.t.sf(abs(value) / error, freedom)))


def holm(p: Sequence[float]) -> np.ndarray:
    """Holm's correction: probabilities that hold for all tests together (Holm, Scandinavian J. of Statistics 1979)."""
    single = np.asarray(p, dtype=float)
    order = np.argsort(single, kind="stable")
    corrected = np.empty_like(single)
    corrected[order] = np.maximum.accumulate(np.minimum(single[order] * np.arange(len(single), 0, -1), 1.0))
    return corrected


def _prior(own: np.ndarray, freedom: np.ndarray) -> tuple[float, float]:
    """Variance that all methods share, and how many degrees of freedom it is worth."""
    logs = np.log(np.maximum(own, SMALLEST_SHARE * np.median(own[own > 0])))
    centred = logs - special.digamma(freedom / 2) + np.log(freedom / 2)
    excess = centred.var(ddof=1) - special.polygamma(1, freedom / 2).mean()
    if excess <= 0:
        return float((own * freedom).sum() / freedom.sum()), float("inf")
    half = _inverse_trigamma(excess)
    return float(np.exp(centred.mean() + special.digamma(half) - np.log(half))), 2 * half


def _inverse_trigamma(value: float) -> float:
    """The x with ψ'(x) = ``value``, for positive values."""
    log_x = optimize.brentq(lambda t: np.log(special.polygamma(1, np.exp(t))) - np.log(value), -25.0, 25.0)
    return float(np.exp(log_x))
