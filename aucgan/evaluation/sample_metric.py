"""The base of the metrics: one small result a sample, summed up at the end."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Any

import numpy as np
from mmengine.evaluator import BaseMetric
from torch import Tensor


class SampleMetric(BaseMetric):
    """A metric that reads tensors of every sample and keeps a few numbers of it.

    Args:
        collect_device: Where results of several processes are gathered, ``'cpu'`` or ``'gpu'``.
        prefix: Replaces the metric's own prefix of the names it reports.
    """

    #: Keys that every sample must have.
    needs: tuple[str, ...] = ()

    def __init__(self, collect_device: str = "cpu", prefix: str | None = None) -> None:
        super().__init__(collect_device=collect_device, prefix=prefix)

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
            self.results.append(self.measure(sample))

    @abstractmethod
    def measure(self, sample: dict[str, Tensor]) -> Any:
        """What is kept of one sample: small, on the CPU."""


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


def improvement_percent(before: float, after: float) -> float:
    """By how many percent ``after`` is smaller than ``before``; NaN where ``before`` is 0."""
    return 100.0 * (before - after) / before if before else float("nan")
