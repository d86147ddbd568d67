"""Learning rates that follow the batch size."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from mmengine.optim import OptimWrapper

from aucgan.process.errors import ConfigError

RULES = {"linear": 1.0, "sqrt": 0.5}


def scale_learning_rates(
    wrappers: Mapping[str, OptimWrapper], settings: Mapping[str, Any], batch_size: int
) -> list[str]:
    """Multiply the learning rates by the ratio of the batch size to the one that they were chosen for.

    The linear rule is for plain gradient descent (Goyal et al., 2017); the root, for Adam, which divides the noise
    of the gradient out (Malladi et al., NeurIPS 2022).

    Args:
        wrappers: The optimizer wrappers by name.
        settings: ``auto_scale_lr`` of the config: ``base_batch_size``, ``rule`` (``linear`` or ``sqrt``), ``enable``.
        batch_size: Samples of an iteration on all processes; those of an accumulation are multiplied in here.

    Returns:
        What was done, one line a wrapper.

    Raises:
        ConfigError: A setting is unknown or ``base_batch_size`` is missing.
    """
    unknown = set(settings) - {"base_batch_size", "rule", "enable"}
    rule = settings.get("rule", "linear")
    if unknown or rule not in RULES or not settings.get("base_batch_size"):
        raise ConfigError(f"auto_scale_lr takes base_batch_size, rule ('linear' or 'sqrt') and enable, not {settings}")
    if not settings.get("enable", True):
        return []
    lines = []
    for name, wrapper in wrappers.items():
        size = batch_size * wrapper._accumulative_counts
        ratio = (size / settings["base_batch_size"]) ** RULES[rule]
        for group in wrapper.optimizer.param_groups:
            group["lr"] *= ratio
        lines.append(f"learning rate{f' of {name}' if name else ''} × {ratio:.4g}: {size} samples a step")
    return lines
