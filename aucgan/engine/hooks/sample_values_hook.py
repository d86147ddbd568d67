"""What every single sample of the test split contributes to the metrics, for paired comparisons."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from mmengine.dist import get_world_size
from mmengine.hooks import Hook

from aucgan.evaluation.metrics.sample_metric import SampleMetric
from aucgan.evaluation.statistics.jackknife import pseudo_values
from aucgan.files.array_file import save_arrays
from aucgan.files.atomic import atomic_path
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner

SAMPLE_VALUES_NAME = "sample_values.npz"
NAMES, IDENTITIES, MORE_IS_BETTER = "names", "identities", "more_is_better"
LARGEST_JACKKNIFE = 5000
"""Samples beyond which numbers that a metric cannot split by itself are left out: that takes N evaluations."""


@HOOKS.register_module()
class SampleValuesHook(Hook):
    """Write ``sample_values.npz`` beside the results of a test.

    It holds ``names`` (of the samples, or their numbers), ``identities`` (of the persons; each sample its own where
    the data has none), ``more_is_better`` (names of the numbers of which it is), and for each number that a
    :class:`SampleMetric` reports an array ``(N,)`` under its name: the samples' own values where the metric gives them,
    else the jackknife's. Nothing is written when several processes share the split.
    """

    priority = "LOW"

    _results: list[tuple[SampleMetric, list]]

    def __init__(self) -> None:
        self._start()

    def before_test_epoch(self, runner: Runner) -> None:
        """Forget an earlier test."""
        self._start()

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """Note who is in the batch, and the metrics' results so far: they are gone once the metrics are computed."""
        metrics = [m for m in runner.test_loop.evaluator.metrics if isinstance(m, SampleMetric)]
        if not metrics or get_world_size() > 1:
            return
        self._results = [(metric, list(metric.results)) for metric in metrics]
        done = len(self._numbers)
        new = len(metrics[0].results) - done
        batch = data_batch if isinstance(data_batch, dict) else {}
        self._numbers += _numbers(batch.get("index"), range(done, done + new))
        self._identities += _numbers(batch.get("identity"), range(done, done + new))

    def after_test_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Write the file."""
        if not self._results:
            return
        arrays: dict[str, np.ndarray] = {}
        for metric, results in self._results:
            arrays |= _contributions(metric, results)
        upwards = [name for metric, _ in self._results for name in metrics or {} if _improves_upwards(metric, name)]
        names = getattr(runner.test_dataloader.dataset, "names", None)
        keys = [str(number) if names is None else names[number] for number in self._numbers]
        with atomic_path(os.path.join(runner.work_dir, SAMPLE_VALUES_NAME)) as temporary:
            known = {NAMES: np.array(keys), IDENTITIES: np.array(self._identities)}
            save_arrays(temporary, known | {MORE_IS_BETTER: np.array(upwards, dtype=np.str_)} | arrays)
        self._start()

    def _start(self) -> None:
        self._numbers: list[int] = []
        self._identities: list[int] = []
        self._results = []


def _contributions(metric: SampleMetric, results: list) -> dict[str, np.ndarray]:
    """Name with prefix → ``(N,)``; the metric has just been evaluated on these results."""
    jackknifed = pseudo_values(metric.summarise, results) if len(results) <= LARGEST_JACKKNIFE else {}
    return {f"{metric.prefix}/{name}": values for name, values in jackknifed.items()} | metric.sample_values


def _improves_upwards(metric: SampleMetric, name: str) -> bool:
    return name.startswith(f"{metric.prefix}/") and metric.improves_upwards(name)


def _numbers(values: Any, default: Sequence[int]) -> list[int]:
    return list(default) if values is None else [int(value) for value in values]
