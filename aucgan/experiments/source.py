"""Where the settings of a variant come from: a config file, and changes to it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from mmengine.config import Config

from aucgan.engine.config.config_file import load_config
from aucgan.process.errors import ConfigError

ALL = "all"
"""In place of names of losses: every one."""
USED_BY_LOSS = {
    "adv": ("model.losses.r1", "model.discriminator", "optim_wrapper.discriminator", "param_scheduler.discriminator")
}
"""Loss → what serves it alone, and goes with it where the config has it."""


@dataclass(frozen=True)
class Source:
    """A config file and what is changed in it.

    Attributes:
        config: The file.
        changes: ``key=value`` each, as for ``--cfg-options``.
        suffix: What the changes make of it, for its name.
    """

    config: Path
    changes: tuple[str, ...] = ()
    suffix: str = ""

    @property
    def name(self) -> str:
        """Stem of the file, with the suffix where something is changed."""
        return f"{self.config.stem}-{self.suffix}" if self.suffix else self.config.stem

    def read(self) -> Config:
        """The settings as they are written, with the changes."""
        return load_config(self.config, self.changes)


def without_losses(source: Source, losses: Sequence[str]) -> list[Source]:
    """The same training without one of its losses, for each loss.

    Args:
        source: Where the training comes from.
        losses: Names of its losses; ``all``: every one.

    Raises:
        ConfigError: It has no such loss; the message lists those that it has.
    """
    if not losses:
        return []
    cfg = source.read()
    known = [name for name, loss in (_value(cfg, "model.losses") or {}).items() if loss and loss.get("weight", 1.0)]
    for name in losses:
        if name != ALL and name not in known:
            has = f"those of {source.name} are {', '.join(known)}" if known else f"{source.name} lists no losses"
            raise ConfigError(f"--leave-out: there is no loss '{name}'; {has}")
    wanted = known if ALL in losses else dict.fromkeys(losses)
    return [_without(source, cfg, name) for name in wanted]


def _without(source: Source, cfg: Config, loss: str) -> Source:
    keys = [f"model.losses.{loss}", *(key for key in USED_BY_LOSS.get(loss, ()) if _value(cfg, key) is not None)]
    return Source(source.config, (*source.changes, *(f"{key}=None" for key in keys)), f"without-{loss}")


def _value(cfg: Config, key: str) -> Any:
    """What a dotted key holds; ``None`` where there is none."""
    node: Any = cfg
    for part in key.split("."):
        node = node.get(part) if isinstance(node, (dict, Config)) else None
    return node
