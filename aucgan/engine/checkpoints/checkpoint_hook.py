"""Checkpoints during training, the final weights after it, and a clean end on SIGTERM."""

from __future__ import annotations

import os
import signal
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import torch
from mmengine.dist import all_reduce, barrier, get_world_size, is_main_process
from mmengine.hooks import Hook

from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints, read_checkpoint
from aucgan.engine.device import current_device
from aucgan.files.atomic import remove_unfinished
from aucgan.process.errors import ConfigError, asked_to_end
from aucgan.process.stopping import TakenSignals
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner

FINAL_NAME = "final.pth"
BEST_NAME = "best.pth"
VOTE_INTERVAL = 10
"""Iterations between two questions among the processes of a training whether one was asked to end."""


@HOOKS.register_module()
class AtomicCheckpointHook(Hook):
    """Write ``iter_N.pth`` with everything needed to continue, and ``final.pth`` with the weights at the end.

    Args:
        interval: Iterations between checkpoints; the last iteration always gets one.
        max_keep: How many of the latest checkpoints stay.
        save_best: Name of a validation metric; the weights with its best value are kept in ``best.pth`` and
            become ``final.pth``. ``None``: the weights of the last iteration become ``final.pth``.
        rule: ``greater`` or ``less``: which value of the metric is better.

    Raises:
        ConfigError: ``rule`` is something else, or the metric is not among the validated ones.
    """

    priority = "VERY_LOW"

    def __init__(
        self, interval: int = 500, max_keep: int = 2, save_best: str | None = None, rule: str = "greater"
    ) -> None:
        if rule not in ("greater", "less"):
            raise ConfigError(f"default_hooks.checkpoint.rule is '{rule}', not 'greater' or 'less'")
        if interval < 1 or max_keep < 1:
            raise ConfigError("default_hooks.checkpoint needs interval ≥ 1 and max_keep ≥ 1")
        self.interval, self.max_keep = interval, max_keep
        self.save_best, self.rule = save_best, rule
        self.asked_to_end: int | None = None
        self._due, self._agreed = False, 0
        self._signals = TakenSignals(self._note)

    def before_train(self, runner: Runner) -> None:
        """From now on SIGTERM and Ctrl-C end the run after the current iteration, with a checkpoint."""
        if is_main_process():
            remove_unfinished(runner.work_dir)
        self.asked_to_end, self._agreed = None, 0
        self._signals.take()

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Keep the weights if they are the best so far."""
        if self.save_best is None or runner.iter == 0:
            return
        if not metrics or self.save_best not in metrics:
            raise ConfigError(
                f"default_hooks.checkpoint.save_best is '{self.save_best}', but the validation gives "
                f"{', '.join(metrics or {}) or 'no metrics'}"
            )
        value = float(metrics[self.save_best])
        best = runner.message_hub.get_info("best_value")
        if best is None or (value > best if self.rule == "greater" else value < best):
            runner.message_hub.update_info("best_value", value)
            runner.message_hub.update_info("best_iter", runner.iter)
            runner.write_weights(os.path.join(runner.work_dir, BEST_NAME))

    def after_iteration(self, runner: Runner) -> None:
        """Write a checkpoint when it is due, and when the process was asked to end.

        Within an accumulation of gradients, both wait for its end: no checkpoint holds half a gradient.

        Raises:
            Terminated: SIGTERM came.
            Interrupted: Ctrl-C was pressed.
        """
        last = runner.iter == runner.max_iters or runner.train_loop.stop_training
        number = self._agreed_to_end(runner, last)
        self._due |= bool(number) or last or runner.iter % self.interval == 0
        if not self._due or not runner.at_border:
            return
        path = runner.write_resume_point()
        self._due = False
        self._remove_old(runner.work_dir)
        if number:
            self._signals.give_back()
            barrier()  # a launcher may kill the first process, which writes, when another one has left
            raise asked_to_end(number, f" at iteration {runner.iter}; continue from {path} with --resume")

    def after_train(self, runner: Runner) -> None:
        """Let go of the signals, write ``final.pth``, and load it when it is not what the model holds."""
        self._signals.give_back()
        final = os.path.join(runner.work_dir, FINAL_NAME)
        best = os.path.join(runner.work_dir, BEST_NAME)
        if self.save_best is None or runner.message_hub.get_info("best_iter") in (None, runner.iter):
            runner.write_weights(final)
            return
        state = read_checkpoint(best)["state_dict"]
        runner.bare_model.load_state_dict(state)
        runner.logger.info(
            f"the weights of iteration {runner.message_hub.get_info('best_iter')} were the best "
            f"({self.save_best} {runner.message_hub.get_info('best_value'):.4f}) and become {FINAL_NAME}"
        )
        runner.write_weights(final)

    def give_back(self, runner: Runner) -> None:
        """Let go of the signals however the training ends."""
        self._signals.give_back()

    def _agreed_to_end(self, runner: Runner, last: bool) -> int:
        """The signal to end by, or 0; the processes of a training ask each other now and then, and end together."""
        if get_world_size() > 1 and (last or runner.iter % VOTE_INTERVAL == 0):
            votes = torch.tensor(self.asked_to_end or 0, device=current_device())
            all_reduce(votes, op="max")
            self._agreed = int(votes)
        return self._agreed if get_world_size() > 1 else self.asked_to_end or 0

    def _note(self, number: int, frame: FrameType | None) -> None:
        if number == signal.SIGINT:  # a second Ctrl-C does not wait
            self._signals.give_back(signal.SIGINT)
        self.asked_to_end = self.asked_to_end or number

    def _remove_old(self, work_dir: str) -> None:
        if is_main_process():
            for path in list_checkpoints(work_dir)[self.max_keep :]:
                with suppress(PermissionError):  # Windows, while another program reads it: it goes the next time
                    Path(path).unlink(missing_ok=True)
