"""What each sample contributes to a number that is no mean over samples."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np


def pseudo_values(summarise: Callable[[list], Mapping[str, Any]], results: Sequence[Any]) -> dict[str, np.ndarray]:
    """The jackknife's pseudo-values of scores [1]: ``N θ - (N - 1) θ_i``, with ``θ_i`` the score without sample i.

    For a mean over samples they are the samples' own values. For other scores (F1, a ratio) they stand in for them:
    their mean is the score up to a bias of order 1/N, and their spread gives its standard error.

    Args:
        summarise: Results of all samples → scores by name; called N + 1 times.
        results: What was kept of every sample.

    Returns:
        ``{name: (N,)}`` for every scalar; NaN where leaving the sample out leaves the score undefined.

    [1] Tukey, Annals of Mathematical Statistics 29, 1958; Miller, Biometrika 61, 1974.
    """
    results = list(results)
    count = len(results)
    whole = {name: float(value) for name, value in summarise(results).items() if np.ndim(value) == 0}
    if count < 2:
        return {name: np.array([value]) for name, value in whole.items()}
    without = [summarise(results[:i] + results[i + 1 :]) for i in range(count)]
    return {
        name: count * value - (count - 1) * np.array([float(one.get(name, np.nan)) for one in without])
        for name, value in whole.items()
    }
