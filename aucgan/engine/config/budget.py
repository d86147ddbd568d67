"""The length of a training, and everything in its config that is tied to it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from mmengine.config import Config

from aucgan.process.errors import ConfigError

SCHEDULE_KEYS = ("begin", "end", "T_max", "step_size", "milestones")
LOG_POINTS = 20
"""A run leaves at least so many points of its loss curves."""
CHECKPOINTS = 3
"""A run leaves at least so many checkpoints to continue from."""


def set_max_iters(cfg: Config, max_iters: int) -> Config:
    """Make a training ``max_iters`` iterations long; its whole schedule is stretched or squeezed to that.

    All boundaries of the learning-rate schedules and the validation interval keep their share of the training. The
    intervals of logs and checkpoints become shorter where a short run would leave too few.

    Args:
        cfg: A complete config; changed in place.
        max_iters: Iterations, at least 1.

    Returns:
        The same config.

    Raises:
        ConfigError: There is nothing to train, or ``max_iters`` is below 1.
    """
    if not cfg.get("train_cfg"):
        raise ConfigError("--max-iters: the config has no train_cfg, so there is no training to shorten")
    if max_iters < 1:
        raise ConfigError(f"--max-iters must be at least 1, got {max_iters}")
    share = max_iters / cfg.train_cfg.max_iters
    for schedule in _schedules(cfg.get("param_scheduler")):
        _stretch(schedule, share)
    if "val_interval" in cfg.train_cfg:
        cfg.train_cfg.val_interval = max(1, round(cfg.train_cfg.val_interval * share))
    cfg.train_cfg.max_iters = max_iters
    if "max_iters" in cfg:
        cfg.max_iters = max_iters
    _shorten_intervals(cfg, max_iters)
    return cfg


def _schedules(node: Any) -> Iterator[dict]:
    """Every schedule, whether there is one list of them or one a group of parameters."""
    if isinstance(node, dict) and "type" in node:
        yield node
    elif isinstance(node, (dict, list, tuple)):
        for child in node.values() if isinstance(node, dict) else node:
            yield from _schedules(child)


def _stretch(schedule: dict, share: float) -> None:
    if schedule.get("by_epoch", True):
        raise ConfigError(f"--max-iters: {schedule['type']} counts epochs; schedules of iterations say by_epoch=False")
    for key in SCHEDULE_KEYS:
        value = schedule.get(key)
        if isinstance(value, (list, tuple)):
            schedule[key] = [round(item * share) for item in value]
        elif value is not None:
            schedule[key] = round(value * share)
    for key in ("T_max", "step_size"):
        if key in schedule:
            schedule[key] = max(1, schedule[key])
    if schedule.get("end") is not None:
        schedule["end"] = max(schedule["end"], schedule.get("begin", 0) + 1)


def _shorten_intervals(cfg: Config, max_iters: int) -> None:
    log = max(1, max_iters // LOG_POINTS)
    hooks = cfg.default_hooks
    for name, interval in (("logger", log), ("runtime_info", log), ("checkpoint", max(1, max_iters // CHECKPOINTS))):
        if hooks.get(name) and "interval" in hooks[name]:
            hooks[name]["interval"] = min(hooks[name]["interval"], interval)
    if "window_size" in cfg.log_processor:
        cfg.log_processor.window_size = min(cfg.log_processor.window_size, hooks.logger.interval)
