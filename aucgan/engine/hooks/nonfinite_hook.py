"""Stop at the first loss or gradient that is NaN or infinite, instead of training on with broken weights."""

from __future__ import annotations

import math
import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import torch
from mmengine.dist import all_reduce, get_rank, get_world_size
from mmengine.hooks import Hook
from torch import Tensor

from aucgan.engine.checkpoints.checkpoint_io import write_checkpoint
from aucgan.engine.errors import CheckpointError, ConfigError, EndedElsewhere, NonFiniteError
from aucgan.engine.hooks.scalar_hook import stack_scalars
from aucgan.engine.optim.optim_wrapper import gradient_norms, named_wrappers
from aucgan.models.reconstructors.loss_terms import LossTerms
from aucgan.registry import HOOKS


@dataclass(frozen=True)
class _Check:
    """The numbers of one iteration, on the device.

    Attributes:
        iteration: Iterations before it.
        batch: What it trained on.
        inputs: What each loss was computed from, where the model tells.
        names: Names of the losses and of the norms of the gradients.
        values: The numbers, ``(N,)``.
        bad: Whether a loss, and whether any number, is not finite in this process or another one; 0 or 1, ``(2,)``.
    """

    iteration: int
    batch: Any
    inputs: dict[str, dict[str, Tensor]]
    names: tuple[str, ...]
    values: Tensor
    bad: Tensor


@HOOKS.register_module()
class NonFiniteHook(Hook):
    """Check all losses and the norms of all gradients with one reduction; save the batch of the first bad one.

    A GPU is not waited for: there, the numbers of an iteration are looked at after the next one, and in any case
    before a validation and a checkpoint.

    Args:
        interval: Iterations between checks.
        action: ``stop``, or ``skip``: leave out the step of an optimizer whose gradient is not finite, count it and go
            on. A GPU is then waited for at each step. With float16, ``AmpOptimWrapper`` always leaves out steps
            whose gradient is not finite, and lowers its scale; ``skip`` lets it do so for bad losses too.
        max_in_a_row: ``skip`` stops after so many bad iterations, one after the other.

    Raises:
        ConfigError: Another action.
    """

    priority = "VERY_HIGH"

    def __init__(self, interval: int = 1, action: str = "stop", max_in_a_row: int = 20) -> None:
        if action not in ("stop", "skip"):
            raise ConfigError(f"default_hooks.non_finite.action is '{action}', not 'stop' or 'skip'")
        self.interval, self.action, self.max_in_a_row = interval, action, max_in_a_row
        self._pending: _Check | None = None
        self._buffers: list[tuple[Tensor, Tensor]] = []
        self._in_a_row = 0

    def before_train(self, runner) -> None:
        """Tell the optimizers what to do with a bad gradient."""
        for wrapper in named_wrappers(runner.optim_wrapper).values():
            wrapper.skip_nonfinite = self.action == "skip"

    def before_train_iter(self, runner, batch_idx: int, data_batch: Any = None) -> None:
        """Keep the statistics of the batches so far, which a bad batch breaks without any step; watch the losses."""
        if self._is_due(runner):
            for losses in _loss_terms(runner):
                losses.watch()
        if self.action == "skip":
            layers = (layer for layer in runner.model.modules() if layer.training)
            buffers = (b for layer in layers for b in layer.buffers(recurse=False) if b.is_floating_point())
            self._buffers = [(buffer, buffer.clone()) for buffer in buffers]

    def after_train_iter(self, runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None) -> None:
        """Check the losses and gradients of this iteration.

        Raises:
            NonFiniteError: One is NaN or infinite; the message names the first such loss.
        """
        self._look(runner)
        if not outputs or not self._is_due(runner):
            return
        scalars = outputs | self._guarded_norms(runner)
        values = stack_scalars(list(scalars.values()))
        broken = ~values.isfinite()
        bad = torch.stack([broken[: len(outputs)].any(), broken.any()]).to(torch.int32)
        all_reduce(bad, op="max")
        inputs = {name: value for losses in _loss_terms(runner) for name, value in losses.take_inputs().items()}
        self._pending = _Check(runner.iter, data_batch, inputs, tuple(scalars), values, bad)
        if self.action == "skip" or values.device.type == "cpu":
            self._look(runner)

    def before_val_epoch(self, runner) -> None:
        """Do not validate broken weights."""
        self._look(runner)

    def before_resume_point(self, runner) -> None:
        """Do not keep broken weights."""
        self._look(runner)

    def give_back(self, runner) -> None:
        """Let go of what a step that was cut off has left."""
        self._pending = None
        for losses in _loss_terms(runner):
            losses.take_inputs()

    def _is_due(self, runner) -> bool:
        return (runner.iter + 1) % self.interval == 0

    def _guarded_norms(self, runner) -> dict[str, Tensor]:
        """Norms of the gradients, without those that a scaled loss may bring to infinity in the course of things."""
        wrappers = named_wrappers(runner.optim_wrapper)
        scaled = {name for name, wrapper in wrappers.items() if getattr(wrapper, "lowers_scale", False)}
        norms = gradient_norms(runner.optim_wrapper)
        return {name: norm for name, norm in norms.items() if name.partition("/")[2] not in scaled}

    @torch.no_grad()
    def _look(self, runner) -> None:
        check, self._pending = self._pending, None
        if check is None:
            return
        bad_loss, bad = check.bad.tolist()
        if not bad:
            self._in_a_row = 0
            return
        self._in_a_row += 1
        message = self._explain(runner, check, bool(bad_loss))
        if self.action == "stop" or self._in_a_row > self.max_in_a_row:
            raise NonFiniteError(message) if message else EndedElsewhere("another process met a number not finite")
        for buffer, kept in self._buffers:
            buffer.copy_(kept)
        skipped = sum(wrapper.skipped for wrapper in named_wrappers(runner.optim_wrapper).values())
        runner.logger.warning(f"{message or 'bad numbers in another process'}; steps left out so far: {skipped}")

    def _explain(self, runner, check: _Check, bad_loss: bool) -> str:
        """What is wrong in this process, in one line; the batch goes to a file.

        A bad loss of one process spoils the gradients of all, so that it is for that process to explain.
        """
        scalars = dict(zip(check.names, check.values.tolist(), strict=True))
        bad = [name for name, value in scalars.items() if not math.isfinite(value)]
        if not bad or (bad_loss and bad[0].startswith("grad_norm")):
            return ""
        # the total is bad whenever a part is: name the part
        first = next((name for name in bad if name != "loss"), bad[0])
        rank = f"_rank_{get_rank()}" if get_world_size() > 1 else ""
        path = os.path.join(runner.work_dir, f"nonfinite_iter_{check.iteration}{rank}.pth")
        content = {"batch": check.batch, "losses": scalars}
        kept = _keep(path, content) if self._in_a_row == 1 else "the first batch of this row is kept"
        inputs = "; ".join(_statistics(check.inputs.get(first.removeprefix("loss_")) or check.batch)) or "no tensors"
        what = f"the gradient ({first})" if first.startswith("grad_norm") else f"loss '{first}'"
        return (
            f"{what} is {scalars[first]} at iteration {check.iteration} (inputs: {inputs}); {kept}; "
            "lower its weight or the learning rate, and continue from the last checkpoint with --resume"
        )


def _keep(path: str, content: dict) -> str:
    """Write a batch for later; in words, where it is, or why it is nowhere, which must not hide what is wrong."""
    try:
        write_checkpoint(path, content)
    except CheckpointError as error:
        return f"the batch could not be kept ({error})"
    return f"the batch is in {path}"


def _loss_terms(runner) -> list[LossTerms]:
    """The named losses of the model, if it has any."""
    return [part for part in runner.model.children() if isinstance(part, LossTerms)]


def _statistics(value: Any, name: str = "batch") -> Iterator[str]:
    """``name shape [min, max]`` of every floating tensor in nested data."""
    if isinstance(value, Tensor) and value.is_floating_point() and value.numel():
        good = value[value.isfinite()]
        extent = f"in [{good.min():.3g}, {good.max():.3g}]" if good.numel() else "without a finite number"
        bad = f", {value.numel() - good.numel()} not finite" if good.numel() < value.numel() else ""
        yield f"{name} {tuple(value.shape)} {extent}{bad}"
    elif isinstance(value, dict):
        for key, item in value.items():
            yield from _statistics(item, str(key))
    elif isinstance(value, (list, tuple)):
        for number, item in enumerate(value):
            yield from _statistics(item, f"{name}[{number}]")
