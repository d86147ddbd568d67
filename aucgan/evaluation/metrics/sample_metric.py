"""The base of the metrics: one small result a sample, summed up at the end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from numpy.typing import ArrayLike
from torch import Tensor


class SampleMetric(BaseMetric):
    """A metric that reads tensors of every sample and keeps a few numbers of it.

    After an evaluation :attr:`sample_values` holds one number for every sample, so that two models can be compared
    by a paired test.

    Args:
        collect_device: Where results of several processes are gathered, ``'cpu'`` or ``'gpu'``.
        prefix: Replaces the metric's own prefix of the names it reports.
    """

    #: Keys that every sample must have.
    needs: tuple[str, ...] = ()
    #: Reported names, without the prefix, of which more is better; of all others less is.
    higher_is_better: frozenset[str] = frozenset()

    def __init__(self, collect_device: str = "cpu", prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)
        #: Name with prefix → one value a sample, ``(N,)`` float64, in the order of the data; NaN where a sample has
        #: none. Filled by ``evaluate``, on the main process alone.
        self.sample_values: dict[str, np.ndarray] = {}

    def process(self, data_batch: Any, data_samples: Sequence[dict]) -> None:
        """Measure every sample; mmengine calls this for each batch.

        Args:
            data_batch: Not used.
            data_samples: One dict of tensors a sample.

        Raises:
            ValueError: If a sample lacks a key; the message names it.
        """
        for sample in data_samples:
            missing = [key for key in self.needs if key not in sample]
            if missing:
                raise ValueError(
                    f"{type(self).__name__} needs {', '.join(missing)} of every sample, but the model gives "
                    f"{', '.join(sorted(sample))}: where the data has no such truth, take the metric out of the "
                    "config's evaluators"
                )
        self.results += [self.measure(sample) for sample in self.prepare(data_samples)]

    def prepare(self, samples: Sequence[dict[str, Tensor]]) -> Sequence[dict[str, Tensor]]:
        """The samples of a batch with whatever is computed for all of them at once; as they are by default."""
        return samples

    def compute_metrics(self, results: list) -> dict[str, float]:
        """Scores over the split; mmengine calls this on the main process, with what was kept of every sample."""
        values = {name: np.asarray(column, dtype=np.float64) for name, column in self.per_sample(results).items()}
        self.sample_values = {f"{self.prefix}/{name}": column for name, column in values.items()}
        return self.summarise(results)

    def improves_upwards(self, name: str) -> bool:
        """Whether more is better of a reported name (with or without the prefix)."""
        return name.removeprefix(f"{self.prefix}/") in self.higher_is_better

    @abstractmethod
    def measure(self, sample: dict[str, Tensor]) -> Any:
        """What is kept of one sample: small, on the CPU."""

    @abstractmethod
    def summarise(self, results: list) -> dict[str, float]:
        """Scores over the split, by name without the prefix."""

    @abstractmethod
    def per_sample(self, results: list) -> dict[str, Any]:
        """One value a sample ``(N,)``, by name without the prefix."""


def as_float64(tensor: Tensor) -> np.ndarray:
    """A tensor as a float64 array on the CPU."""
    return tensor.detach().cpu().double().numpy()


def mask_of(sample: dict[str, Tensor], key: str, like: Tensor) -> np.ndarray:
    """The mask ``(1, H, W)`` of a sample as booleans ``(H, W)``; all true where the sample has none.

    Raises:
        ValueError: If its size is not that of ``like``, ``(C, H, W)``.
    """
    if key not in sample:
        return np.ones(like.shape[-2:], dtype=bool)
    mask = as_float64(sample[key])
    if mask.shape[-2:] != tuple(like.shape[-2:]):
        raise ValueError(f"{key} is {mask.shape}, but what it masks is {tuple(like.shape)}")
    return mask.reshape(mask.shape[-2:]) > 0.5


def require_equal(sample: dict[str, Tensor], *keys: str) -> None:
    """Raise ``ValueError`` unless the tensors under the keys have one shape."""
    shapes = {key: tuple(sample[key].shape) for key in keys}
    if len(set(shapes.values())) > 1:
        raise ValueError("shapes must be equal, but got " + ", ".join(f"{k} {s}" for k, s in shapes.items()))


def ratios(sums: ArrayLike, counts: ArrayLike) -> np.ndarray:
    """Means from sums and counts, ``(N,)``; NaN where nothing was counted."""
    total, count = np.asarray(sums, dtype=np.float64), np.asarray(counts, dtype=np.float64)
    return np.divide(total, count, out=np.full(total.shape, np.nan), where=count > 0)


def improvement_percent(before: float, after: float) -> float:
    """By how many percent ``after`` is smaller than ``before``; NaN where ``before`` is 0."""
    return 100.0 * (before - after) / before if before else float("nan")


def compared_means(results: Sequence[tuple[int, float, float | None]], names: tuple[str, str]) -> dict[str, float]:
    """Means of an error over all that was counted, with the detail and, where every sample has it, coarsely.

    Args:
        results: Of each sample: how much was counted, the sum of its errors, the sum of the coarse ones.
        names: Of the error and of the coarse error in the result, which also says by how many percent it shrinks.
    """
    counts, details, coarses = zip(*results, strict=True)
    detail = sum(details) / sum(counts)
    if None in coarses:
        return {names[0]: detail}
    coarse = sum(coarses) / sum(counts)
    return {names[0]: detail, names[1]: coarse, "improvement_percent": improvement_percent(coarse, detail)}


def compared_ratios(
    results: Sequence[tuple[int, float, float | None]], names: tuple[str, str]
) -> dict[str, np.ndarray]:
    """The same means of every sample, see :func:`compared_means`."""
    counts, details, coarses = zip(*results, strict=True)
    values = {names[0]: ratios(details, counts)}
    return values if None in coarses else values | {names[1]: ratios(coarses, counts)}
