"""What the runs of a comparison left: numbers, the samples' values, loss curves."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from aucgan.datasets.procedural.recipe import STRANGERS
from aucgan.engine.hooks.sample_values_hook import IDENTITIES, MORE_IS_BETTER, NAMES, SAMPLE_VALUES_NAME
from aucgan.experiments.runs import FINISHED, Run
from aucgan.files.kept_files import kept_arrays, kept_json
from aucgan.process.errors import UserError


@dataclass(frozen=True)
class SampleValues:
    """What the samples of the test split contribute to the metrics.

    Attributes:
        names: Their names, ``(N,)``.
        identities: Who is on them, ``(N,)``.
        values: Metric → ``(N,)``.
        more_is_better: The metrics of which more is better; of the others in ``values`` less is.
    """

    names: np.ndarray
    identities: np.ndarray
    values: Mapping[str, np.ndarray]
    more_is_better: frozenset[str] = frozenset()


@dataclass(frozen=True)
class Outcome:
    """How a run ended.

    Attributes:
        variant: Name of the variant.
        seed: Its seed.
        status: ``finished`` or why not.
        message: What went wrong, in its own words.
        metrics: Every number that was measured and is finite.
        samples: The samples' contributions, where they were written.
        other_code: Whether it was trained by another state of the library's code.
    """

    variant: str
    seed: int
    status: str
    message: str = ""
    metrics: Mapping[str, float] = field(default_factory=dict)
    samples: SampleValues | None = None
    other_code: bool = False

    @property
    def finished(self) -> bool:
        """Whether there are numbers."""
        return self.status == FINISHED


def read_outcome(run: Run) -> Outcome:
    """Read what a run left."""
    status, record = run.state(), run.record()
    if status != FINISHED:
        return Outcome(run.variant, run.seed, status, record.get("message", ""))
    results = kept_json(run.results)
    measured = results["metrics"] | {f"{STRANGERS}/{name}": v for name, v in results.get(STRANGERS, {}).items()}
    metrics = {name: float(v) for name, v in measured.items() if isinstance(v, (int, float)) and math.isfinite(v)}
    home, strangers = (
        read_sample_values(folder / SAMPLE_VALUES_NAME) for folder in (run.folder, run.folder / STRANGERS)
    )
    samples = home if home is None or strangers is None else with_strangers(home, strangers)
    return Outcome(run.variant, run.seed, status, "", metrics, samples, record.get("code") != run.code)


def read_sample_values(path: Path) -> SampleValues | None:
    """Read ``sample_values.npz``; ``None`` where there is none, or a damaged one."""
    arrays = kept_arrays(path)
    if arrays is None:
        return None
    upwards = frozenset(arrays.pop(MORE_IS_BETTER).tolist())
    return SampleValues(arrays.pop(NAMES), arrays.pop(IDENTITIES), arrays, upwards)


def with_strangers(home: SampleValues, strangers: SampleValues) -> SampleValues:
    """The samples of both splits; the strangers' metrics have the split's name before theirs.

    A metric of one split has no value, NaN, on the samples of the other.
    """
    none = [np.full(len(one.names), np.nan) for one in (home, strangers)]
    values = {name: np.concatenate([column, none[1]]) for name, column in home.values.items()}
    for name, column in strangers.values.items():
        values[f"{STRANGERS}/{name}"] = np.concatenate([none[0], column])
    names, identities = (
        np.concatenate([getattr(one, key) for one in (home, strangers)]) for key in ("names", "identities")
    )
    upwards = home.more_is_better | {f"{STRANGERS}/{name}" for name in strangers.more_is_better}
    return SampleValues(names, identities, values, upwards)


def check_same_samples(outcomes: Sequence[Outcome]) -> None:
    """Check that all runs were measured on the same samples in the same order.

    Raises:
        UserError: Two were not; the message names them.
    """
    measured = [(outcome, outcome.samples) for outcome in outcomes if outcome.samples is not None]
    for outcome, ours in measured[1:]:
        first, theirs = measured[0]
        if not (np.array_equal(ours.names, theirs.names) and np.array_equal(ours.identities, theirs.identities)):
            raise UserError(
                f"{outcome.variant}, seed {outcome.seed}, was measured on other samples than {first.variant}, "
                f"seed {first.seed} ({len(ours.names)} and {len(theirs.names)}), or in another order; delete "
                "their results.json and compare again"
            )


def read_curves(folder: Path) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Loss → (iterations, values), from the logs of a run and of its resumptions."""
    points: dict[str, dict[int, float]] = {}
    for path in sorted(folder.glob("*/vis_data/scalars.json")):
        for line in path.read_text(encoding="utf-8").splitlines():
            try:
                entry = json.loads(line)
            except ValueError:  # the end of a process that was killed while it wrote
                continue
            for name in (key for key in entry if key.startswith("loss")):
                points.setdefault(name, {})[entry["step"]] = entry[name]
    ordered = {name: sorted(found.items()) for name, found in points.items()}
    return {name: (np.array([i for i, _ in found]), np.array([v for _, v in found])) for name, found in ordered.items()}
