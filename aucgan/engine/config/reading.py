"""A config as it is run: read, completed, changed as a command line asks, and checked."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from mmengine.config import Config

from aucgan.engine.config.budget import set_max_iters
from aucgan.engine.config.config_check import check_config
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete, use_amp
from aucgan.engine.config.smoke import shrink


def read_config(
    path: Path,
    options: Sequence[str] = (),
    *,
    device: str | None = None,
    seed: int | None = None,
    max_iters: int | None = None,
    smoke: Path | None = None,
    amp: bool = False,
) -> Config:
    """Read a config file for a run; where nothing is asked, all is as in the config.

    Args:
        path: The file.
        options: ``key=value`` changes.
        device: Where it runs.
        seed: Its seed.
        max_iters: Its length, with the schedule fitted to it.
        smoke: Folder of a tiny run.
        amp: Whether it trains in mixed precision.

    Raises:
        ConfigError: The config, or something that is asked of it, is wrong.
    """
    cfg = load_config(path, options)
    if device is not None:
        cfg.device = device
    complete(cfg)
    if seed is not None:
        cfg.randomness["seed"] = seed
    if max_iters is not None:
        set_max_iters(cfg, max_iters)
    if smoke is not None:
        shrink(cfg, smoke)
    if amp:
        use_amp(cfg)
    check_config(cfg)
    return cfg
