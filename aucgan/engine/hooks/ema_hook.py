"""Exponential moving average of some of the model's parts, used for evaluation and for the final weights."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import torch
from mmengine.dist import all_reduce, get_world_size
from mmengine.hooks import Hook
from torch import Tensor

from aucgan.engine.hooks.batch_statistics_hook import statistics_in_training
from aucgan.process.errors import ConfigError
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@HOOKS.register_module()
class PartEMAHook(Hook):
    """Average the weights of named parts over the iterations.

    Only the trained parts are copied, not the frozen networks beside them. Validation, test, ``best.pth`` and
    ``final.pth`` use the average; ``iter_N.pth`` holds both, so that training continues exactly.

    Args:
        parts: Attribute names of the model, for instance ``['generator', 'detail_encoder']``.
        decay: Share of the old average that stays at each iteration, in ``[0, 1)``.

    Raises:
        ConfigError: The model has no such part, or the decay is out of range.
    """

    priority = "ABOVE_NORMAL"

    def __init__(self, parts: Sequence[str], decay: float = 0.999) -> None:
        if not 0 <= decay < 1:
            raise ConfigError(f"PartEMAHook.decay is {decay}; it must be in [0, 1)")
        self.parts, self.decay = tuple(parts), decay
        self.average: dict[str, Tensor] = {}
        self._swapped = False

    def before_run(self, runner: Runner) -> None:
        """Start from the weights as they are."""
        if not self.average:
            self.average = {name: value.detach().clone() for name, value in self._live(runner).items()}

    def before_train(self, runner: Runner) -> None:
        """A model that was loaded, not resumed, also starts from its own weights."""
        if runner.iter == 0:
            self.average = {name: value.detach().clone() for name, value in self._live(runner).items()}

    @torch.no_grad()
    def after_train_iter(
        self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: dict | None = None
    ) -> None:
        """Move the average towards the current weights, after each step of the optimizers."""
        if not runner.at_border:
            return
        pairs = [(self.average[name], value) for name, value in self._live(runner).items()]
        numbers = [pair for pair in pairs if pair[1].is_floating_point()]
        for average, value in (pair for pair in pairs if not pair[1].is_floating_point()):
            average.copy_(value)
        if numbers:  # all at once: a GPU takes less time for a small tensor than the host to name it
            torch._foreach_lerp_([average for average, _ in numbers], [value for _, value in numbers], 1 - self.decay)

    def before_val_epoch(self, runner: Runner) -> None:
        """Validate the average, when there is one (in training)."""
        self._swap(runner)

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Train on with the current weights."""
        self._swap(runner)

    def before_resume_point(self, runner: Runner) -> None:
        """A checkpoint holds one average for all processes; their statistics of batch norm may differ until then."""
        if get_world_size() == 1:
            return
        for part in self.parts:
            for name, _ in statistics_in_training(getattr(runner.bare_model, part)):
                all_reduce(self.average[f"{part}.{name}"], op="mean")

    def before_save_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Store the average beside the weights."""
        checkpoint["ema"] = dict(self.average)

    def before_save_weights(self, runner: Runner, checkpoint: dict) -> None:
        """Put the average in the place of the weights, unless it is there already."""
        if not self._swapped:
            checkpoint["state_dict"].update({name: value.cpu() for name, value in self.average.items()})

    def after_load_checkpoint(self, runner: Runner, checkpoint: dict) -> None:
        """Continue the average of a resumed run."""
        stored = checkpoint.get("ema")
        if stored is not None:
            live = self._live(runner)
            self.average = {name: value.to(live[name].device).clone() for name, value in stored.items()}

    def after_train(self, runner: Runner) -> None:
        """The model leaves training with the averaged weights."""
        with torch.no_grad():
            for name, value in self._live(runner).items():
                value.copy_(self.average[name])

    def _live(self, runner: Runner) -> dict[str, Tensor]:
        found = {}
        for part in self.parts:
            module = getattr(runner.bare_model, part, None)
            if module is None:
                names = ", ".join(name for name, _ in runner.bare_model.named_children())
                raise ConfigError(f"PartEMAHook.parts names '{part}', but the model has {names}")
            found.update({f"{part}.{name}": value for name, value in module.state_dict().items()})
        return found

    @torch.no_grad()
    def _swap(self, runner: Runner) -> None:
        for name, value in self._live(runner).items():
            kept = value.clone()
            value.copy_(self.average[name])
            self.average[name].copy_(kept)
        self._swapped = not self._swapped
