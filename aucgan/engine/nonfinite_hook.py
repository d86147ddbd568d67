"""Stop at the first loss that is NaN or infinite, instead of training on with broken weights."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from typing import Any

import torch
from mmengine.hooks import Hook
from torch import Tensor

from aucgan.engine.checkpoint_io import write_checkpoint
from aucgan.engine.errors import NonFiniteError
from aucgan.engine.scalar_hook import stack_scalars
from aucgan.registry import HOOKS


@HOOKS.register_module()
class NonFiniteHook(Hook):
    """Check all losses with one reduction; on the first bad one save the batch and stop.

    Args:
        interval: Iterations between checks. Each costs one synchronisation with a GPU, so a larger interval is
            faster there; the error then names the first check that failed.
    """

    priority = "VERY_HIGH"

    def __init__(self, interval: int = 1) -> None:
        self.interval = interval

    def after_train_iter(self, runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None) -> None:
        """Check the losses of this iteration.

        Raises:
            NonFiniteError: A loss is NaN or infinite; the message names the first such loss.
        """
        if not outputs or (runner.iter + 1) % self.interval:
            return
        values = stack_scalars(list(outputs.values()))
        if torch.isfinite(values).all():
            return
        scalars = dict(zip(outputs, values.tolist(), strict=True))
        bad = [name for name, value in scalars.items() if not math.isfinite(value)]
        # the total is bad whenever a part is: name the part
        first = next((name for name in bad if name != "loss"), bad[0])
        path = os.path.join(runner.work_dir, f"nonfinite_iter_{runner.iter}.pth")
        write_checkpoint(path, {"batch": data_batch, "losses": scalars})
        inputs = "; ".join(_statistics(data_batch)) or "no tensors"
        raise NonFiniteError(
            f"loss '{first}' is {scalars[first]} at iteration {runner.iter} (inputs: {inputs}); the batch is in "
            f"{path}; lower its weight or the learning rate, and continue from the last checkpoint with --resume"
        )


def _statistics(value: Any, name: str = "batch") -> Iterator[str]:
    """``name shape [min, max]`` of every floating tensor in nested data."""
    if isinstance(value, Tensor) and value.is_floating_point() and value.numel():
        yield f"{name} {tuple(value.shape)} in [{value.min():.3g}, {value.max():.3g}]"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _statistics(item, str(key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _statistics(item, f"{name}[{number}]")
