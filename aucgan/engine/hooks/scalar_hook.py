"""Losses reach the log without a synchronisation with the GPU at every iteration."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from mmengine.dist import all_reduce
from mmengine.hooks import RuntimeInfoHook
from torch import Tensor

from aucgan.engine.optim.optim_wrapper import gradient_norms
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@HOOKS.register_module()
class DeferredScalarsHook(RuntimeInfoHook):
    """mmengine's runtime information; losses stay on the device until a log line or a checkpoint needs them.

    Args:
        interval: Iterations between transfers: the logger's interval.
    """

    def __init__(self, interval: int = 10) -> None:
        self.interval = interval
        self._waiting: list[dict[str, Any]] = []

    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None
    ) -> None:
        """Keep the outputs and the norms of the gradients, and hand them over when they are due."""
        if outputs:
            kept = {k: v.detach() if isinstance(v, Tensor) else v for k, v in outputs.items()}
            self._waiting.append(kept | gradient_norms(runner.optim_wrapper))
        if (runner.iter + 1) % self.interval == 0:
            self._hand_over(runner)

    def before_resume_point(self, runner: Runner) -> None:
        """A checkpoint holds the losses of all iterations before it."""
        self._hand_over(runner)

    def _hand_over(self, runner: Runner) -> None:
        pairs = [(name, value) for outputs in self._waiting for name, value in outputs.items()]
        self._waiting.clear()
        if not pairs:
            return
        values = stack_scalars([value for _, value in pairs])
        all_reduce(values, op="mean")  # over the processes of a distributed training
        for (name, _), value in zip(pairs, values.tolist(), strict=True):
            runner.message_hub.update_scalar(f"train/{name}", value)


def stack_scalars(values: Sequence[Tensor | float]) -> Tensor:
    """Scalars as one float32 tensor ``(N,)`` on the device of the first that is on one; means of larger tensors."""
    device = next((v.device for v in values if isinstance(v, Tensor) and v.device.type != "cpu"), "cpu")
    return torch.stack([torch.as_tensor(v, device=device).detach().float().mean() for v in values])
