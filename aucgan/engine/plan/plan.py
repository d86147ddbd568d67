"""What has to happen before and during a training, in order: data, prerequisites, the training itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from mmengine.config import Config

from aucgan.engine.checkpoints.checkpoint_hook import FINAL_NAME
from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints
from aucgan.engine.config.config_place import locate, told
from aucgan.engine.errors import ConfigError
from aucgan.engine.plan.preparation import Preparation, build_preparation

Loader = Callable[[Path], Config]


@dataclass(frozen=True)
class DataStep:
    """Data to be made.

    Attributes:
        preparation: What makes them.
        needed_by: Stem of the first config that needs them.
    """

    preparation: Preparation
    needed_by: str

    @property
    def name(self) -> str:
        """What is made, in one line."""
        return self.preparation.describe()

    def state(self) -> str:
        """``exists`` or ``missing``."""
        return "exists" if self.preparation.is_complete() else "missing"


@dataclass(frozen=True)
class TrainingStep:
    """A training whose weights another one needs.

    Attributes:
        config: Its config file.
        checkpoint: The weights that it leaves.
        needs: Names of the trainings that it needs itself.
    """

    config: Path
    checkpoint: Path
    needs: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The config, in one line."""
        return _training_name(self.config)

    @property
    def work_dir(self) -> Path:
        """Where the training writes."""
        return self.checkpoint.parent

    def state(self) -> str:
        """``exists``, ``interrupted`` (can be continued) or ``missing``."""
        if self.checkpoint.is_file():
            return "exists"
        return "interrupted" if list_checkpoints(self.work_dir) else "missing"


@dataclass
class Plan:
    """Everything that a training needs, in an order in which each step finds what it needs itself.

    Attributes:
        steps: Data, then trainings, without the training that was asked for.
    """

    steps: list[DataStep | TrainingStep] = field(default_factory=list)

    def missing(self) -> list[DataStep | TrainingStep]:
        """The steps that have to run."""
        return [step for step in self.steps if step.state() != "exists"]

    def lines(self, target: str) -> list[str]:
        """The plan in words; ``target`` is the training that was asked for."""
        words = {"exists": "exists, skipped", "missing": "will run", "interrupted": "was interrupted, will be resumed"}
        entries = [(step.name, words[step.state()]) for step in self.steps] + [(target, "will run")]
        width = max(len(name) for name, _ in entries)
        return [f"  {number}. {name:<{width}}  {state}" for number, (name, state) in enumerate(entries, start=1)]


def make_plan(cfg: Config, load: Loader, stem: str) -> Plan:
    """Collect what a config needs, directly and through its prerequisites, each thing once.

    Args:
        cfg: The config of the training.
        load: Reads a prerequisite's config file (with the same changes as this one, if there are any).
        stem: Name of the training, for messages.

    Raises:
        ConfigError: A prerequisite is described wrongly, does not exist, needs itself, or is called as another one.
    """
    plan = Plan()
    _collect(cfg, load, stem, plan, chain=(stem,), seen={})
    plan.steps.sort(key=lambda step: isinstance(step, TrainingStep))  # data need nothing, so they come first
    return plan


def _collect(cfg: Config, load: Loader, stem: str, plan: Plan, chain: tuple[str, ...], seen: dict[str, tuple]) -> None:
    for entry in cfg.get("prerequisites") or []:
        config, checkpoint = _entry(entry, stem)
        if config.stem in chain:
            raise ConfigError(f"{' needs '.join([*chain, config.stem])}: prerequisites must not form a circle")
        if config.stem in seen:
            _check_same((config, checkpoint), seen[config.stem])
            continue
        if not config.is_file():
            raise ConfigError(f"{stem}: its prerequisite {config} does not exist")
        seen[config.stem] = config, checkpoint
        settings = load(config)
        _collect(settings, load, config.stem, plan, (*chain, config.stem), seen)
        needs = tuple(_training_name(_entry(e, config.stem)[0]) for e in settings.get("prerequisites") or [])
        plan.steps.append(TrainingStep(config, checkpoint, needs))
    for entry in cfg.get("prepare") or []:
        key = repr(sorted(entry.items()))  # the line in the plan does not show every setting
        if key not in seen:
            seen[key] = ()
            plan.steps.append(DataStep(build_preparation(entry), stem))


def _check_same(one: tuple[Path, Path], other: tuple[Path, Path]) -> None:
    """Refuse two trainings of one name: logs, timings and folders go by names."""
    if [path.resolve() for path in one] != [path.resolve() for path in other]:
        told = [f"{config} with {checkpoint}" for config, checkpoint in (other, one)]
        raise ConfigError(f"two prerequisites are called '{one[0].stem}': {' and '.join(told)}; rename one of them")


def _training_name(config: Path) -> str:
    return f"train {told(config)}"


def _entry(entry: dict, stem: str) -> tuple[Path, Path]:
    if not isinstance(entry, dict) or set(entry) != {"config", "checkpoint"}:
        raise ConfigError(f"{stem}: prerequisites must be dicts with the keys 'config' and 'checkpoint', not {entry}")
    checkpoint = Path(entry["checkpoint"])
    if checkpoint.name != FINAL_NAME:
        raise ConfigError(f"{stem}: prerequisite checkpoint {checkpoint} should be the {FINAL_NAME} of a training")
    return locate(entry["config"]), checkpoint
