"""Losses reach the log without a synchronisation with the GPU at every iteration."""

from __future__ import annotations

from typing import Any

import torch
from mmengine.hooks import RuntimeInfoHook
from torch import Tensor

from aucgan.registry import HOOKS


@HOOKS.register_module()
class DeferredScalarsHook(RuntimeInfoHook):
    """mmengine's runtime information; losses stay on the device until a log line or a checkpoint needs them.

    Args:
        interval: Iterations between transfers: the logger's interval.
    """

    def __init__(self, interval: int = 10) -> None:
        self.interval = interval
        self._waiting: list[dict[str, Any]] = []

    def after_train_iter(self, runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None) -> None:
        """Keep the outputs, and hand them over when they are due."""
        if outputs:
            self._waiting.append({k: v.detach() if isinstance(v, Tensor) else v for k, v in outputs.items()})
        if (runner.iter + 1) % self.interval == 0:
            self._hand_over(runner)

    def before_resume_point(self, runner) -> None:
        """A checkpoint holds the losses of all iterations before it."""
        self._hand_over(runner)

    def _hand_over(self, runner) -> None:
        pairs = [(name, value) for outputs in self._waiting for name, value in outputs.items()]
        self._waiting.clear()
        if not pairs:
            return
        values = torch.stack([torch.as_tensor(value).float().mean() for _, value in pairs]).tolist()
        for (name, _), value in zip(pairs, values, strict=True):
            runner.message_hub.update_scalar(f"train/{name}", value)
