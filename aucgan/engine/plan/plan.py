"""What has to happen before a training, in order: data, then the trainings whose weights it takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from mmengine.config import Config

from aucgan.engine.checkpoints.checkpoint_hook import FINAL_NAME
from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints
from aucgan.engine.config.config_place import locate, told
from aucgan.engine.plan.preparation import Preparation, build_preparation
from aucgan.process.errors import ConfigError


@dataclass(frozen=True)
class TrainingStep:
    """A training whose weights another one needs.

    Attributes:
        config: Its config file.
        checkpoint: The weights that it leaves.
        needs: Those that it needs itself.
    """

    config: Path
    checkpoint: Path
    needs: tuple[TrainingStep, ...] = ()

    def describe(self) -> str:
        """One line for the plan; no two of a plan are alike."""
        return f"train {told(self.config)}"

    def is_complete(self) -> bool:
        """Whether its weights are there."""
        return self.checkpoint.is_file()

    def is_begun(self) -> bool:
        """Whether it can be continued."""
        return bool(list_checkpoints(self.checkpoint.parent))


@dataclass(frozen=True)
class Plan:
    """Everything that a training needs, each thing once, in an order in which each finds what it needs itself.

    Attributes:
        data: What makes data; they need nothing, and come first.
        trainings: Trainings, without the one that was asked for.
    """

    data: list[Preparation]
    trainings: list[TrainingStep]

    @property
    def steps(self) -> list[Preparation | TrainingStep]:
        """All of it."""
        return [*self.data, *self.trainings]

    def missing(self) -> Plan:
        """What of it has to run."""
        return Plan([d for d in self.data if not d.is_complete()], [t for t in self.trainings if not t.is_complete()])

    def lines(self, target: str) -> list[str]:
        """The plan in words; ``target`` is the training that was asked for."""
        steps = [(step.describe(), _how_far(step)) for step in self.steps] + [(target, "will run")]
        width = max(len(name) for name, _ in steps)
        return [f"  {number}. {name:<{width}}  {state}" for number, (name, state) in enumerate(steps, start=1)]


def _how_far(step: Preparation | TrainingStep) -> str:
    if step.is_complete():
        return "exists, skipped"
    begun = isinstance(step, TrainingStep) and step.is_begun()
    return "was interrupted, will be resumed" if begun else "will run"


def make_plan(cfg: Config, load: Callable[[Path], Config], stem: str) -> Plan:
    """Collect what a config needs, directly and through its prerequisites.

    Args:
        cfg: The config of the training.
        load: Reads a prerequisite's config file (with the same changes as this one, if there are any).
        stem: Name of the training, for messages.

    Raises:
        ConfigError: A prerequisite is described wrongly, does not exist, needs itself, or is called as another one.
    """
    data: dict[str, Preparation] = {}
    trainings: dict[str, TrainingStep] = {}

    def needs_of(cfg: Config, *chain: str) -> tuple[TrainingStep, ...]:
        needs = []
        for entry in cfg.get("prerequisites") or []:
            step = _read_entry(entry, chain)
            name = step.config.stem
            if name not in trainings:
                trainings[name] = replace(step, needs=needs_of(load(step.config), *chain, name))
            _check_same(step, trainings[name])
            needs.append(trainings[name])
        for entry in cfg.get("prepare") or []:
            data.setdefault(repr(sorted(entry.items())), build_preparation(entry))  # no line shows every setting
        return tuple(needs)

    needs_of(cfg, stem)
    return Plan(list(data.values()), list(trainings.values()))


def _read_entry(entry: dict, chain: tuple[str, ...]) -> TrainingStep:
    """One of the ``prerequisites`` of the last in a chain of trainings, each of which the one before needs."""
    stem = chain[-1]
    if not isinstance(entry, dict) or set(entry) != {"config", "checkpoint"}:
        raise ConfigError(f"{stem}: prerequisites must be dicts with the keys 'config' and 'checkpoint', not {entry}")
    step = TrainingStep(locate(entry["config"]), Path(entry["checkpoint"]))
    if step.checkpoint.name != FINAL_NAME:
        raise ConfigError(f"{stem}: prerequisite checkpoint {step.checkpoint} should be the {FINAL_NAME} of a training")
    if step.config.stem in chain:
        raise ConfigError(f"{' needs '.join([*chain, step.config.stem])}: prerequisites must not form a circle")
    if not step.config.is_file():
        raise ConfigError(f"{stem}: its prerequisite {step.config} does not exist")
    return step


def _check_same(one: TrainingStep, other: TrainingStep) -> None:
    """Refuse two trainings of one name: logs, timings and folders go by names."""
    if any(a.resolve() != b.resolve() for a, b in ((one.config, other.config), (one.checkpoint, other.checkpoint))):
        told = " and ".join(f"{step.config} with {step.checkpoint}" for step in (other, one))
        raise ConfigError(f"two prerequisites are called '{one.config.stem}': {told}; rename one of them")
