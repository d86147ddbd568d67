"""The variants that are compared, at one budget, and whether they can be compared at all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.config import Config

from aucgan.engine.config.config_place import locate
from aucgan.engine.config.reading import read_config
from aucgan.experiments.source import Source, without_losses
from aucgan.process.errors import ConfigError


@dataclass(frozen=True)
class Budget:
    """What every variant gets.

    Attributes:
        seeds: The seeds; one training each.
        max_iters: Iterations; ``None``: as in each config.
        smoke: Folder of a tiny comparison, or ``None`` for a real one.
        device: Where they run, see :func:`aucgan.engine.device.choose_device`; ``None``: as in each config.
    """

    seeds: tuple[int, ...]
    max_iters: int | None = None
    smoke: Path | None = None
    device: str | None = None


@dataclass(frozen=True)
class Variant:
    """A training to compare.

    Attributes:
        source: Where its settings come from.
        written: Its settings as they are written, without what the engine fills in.
        cfg: Its settings at the budget, complete and checked.
    """

    source: Source
    written: Config
    cfg: Config

    @property
    def name(self) -> str:
        """Its name in the report, and of its folder."""
        return self.source.name

    @property
    def max_iters(self) -> int:
        """Iterations of its training."""
        return self.cfg.train_cfg.max_iters


def load_variants(configs: Sequence[Path], budget: Budget, left_out: Sequence[str] = ()) -> list[Variant]:
    """Read the configs, and derive those that leave a loss out.

    Args:
        configs: The config files; the first is the reference.
        budget: The budget.
        left_out: Losses of the reference, or ``all``: one more variant for each, the reference without it.

    Raises:
        ConfigError: Fewer than two, two of one name, no such loss, or they are not measured by the same metrics on the
            same data.
    """
    sources = [Source(locate(path)) for path in configs]
    sources += without_losses(sources[0], left_out)
    variants = [Variant(source, source.read(), budgeted_config(source, budget)) for source in sources]
    names = [variant.name for variant in variants]
    twice = sorted({name for name in names if names.count(name) > 1})
    if len(variants) < 2 or twice:
        few = "name at least two configs to compare, or a loss to --leave-out"
        raise ConfigError(f"named twice: {', '.join(twice)}" if twice else few)
    for variant in variants:
        _check_comparable(variant, variants[0])
    return variants


def budgeted_config(source: Source, budget: Budget) -> Config:
    """Read, complete and check the settings of one variant, at the budget."""
    return read_config(
        source.config, source.changes, device=budget.device, max_iters=budget.max_iters, smoke=budget.smoke
    )


def _check_comparable(variant: Variant, reference: Variant) -> None:
    for cfg, name in ((variant.cfg, variant.name), (reference.cfg, reference.name)):
        if not cfg.get("test_dataloader") or not cfg.get("test_evaluator"):
            raise ConfigError(f"{name} has no test_dataloader with a test_evaluator, so nothing could be compared")
    ours, theirs = (_as_plain(v.cfg.test_evaluator) for v in (variant, reference))
    if ours != theirs:
        raise ConfigError(
            f"test_evaluator of {variant.name} is {ours}, but that of {reference.name} is {theirs}; "
            "a table needs the same metrics in every row"
        )
    ours, theirs = (_as_plain(v.cfg.test_dataloader.dataset) for v in (variant, reference))
    if ours != theirs:
        raise ConfigError(
            f"test_dataloader.dataset of {variant.name} is {ours}, but that of {reference.name} is {theirs}; "
            "compare on the same faces"
        )


def _as_plain(node: Any) -> Any:
    if isinstance(node, dict):
        return {key: _as_plain(value) for key, value in node.items()}
    return [_as_plain(item) for item in node] if isinstance(node, (list, tuple)) else node
