"""A progress bar with remaining time on a terminal; log lines go on as usual above it."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn

from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


def make_progress(console: Console | None = None) -> Progress:
    """The bar of the project: name, bar, count, elapsed and remaining time, and a note."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("left"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[note]}"),
        console=console,
    )


@HOOKS.register_module()
class ProgressHook(Hook):
    """Show a bar during training, validation and test when the output is a terminal, and nothing else."""

    priority = "LOWEST"

    def __init__(self) -> None:
        self.progress: Progress | None = None

    def before_train(self, runner: Runner) -> None:
        """Open the bar of the training."""
        self._open(runner)
        if self.progress:
            self._train = self.progress.add_task("train", total=runner.max_iters, completed=runner.iter, note="")

    def after_train_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """Advance by one; the note is the last logged loss."""
        if self.progress:
            scalars = runner.message_hub.log_scalars
            note = f"loss {scalars['train/loss'].current():.4f}" if "train/loss" in scalars else ""
            self.progress.update(self._train, completed=runner.iter + 1, note=note)

    def after_train(self, runner: Runner) -> None:
        """Close the bar."""
        self._close()

    def before_val_epoch(self, runner: Runner) -> None:
        """Add a bar below the one of the training."""
        if self.progress:
            self._val = self.progress.add_task("validate", total=len(runner.val_dataloader), note="")

    def after_val_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """Advance by one."""
        if self.progress:
            self.progress.update(self._val, completed=batch_idx + 1)

    def after_val_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Take the bar of the validation away."""
        if self.progress:
            self.progress.remove_task(self._val)

    def before_test_epoch(self, runner: Runner) -> None:
        """Open the bar of the test."""
        self._open(runner)
        if self.progress:
            self._test = self.progress.add_task("test", total=len(runner.test_dataloader), note="")

    def after_test_iter(self, runner: Runner, batch_idx: int, data_batch: Any = None, outputs: Any = None) -> None:
        """Advance by one."""
        if self.progress:
            self.progress.update(self._test, completed=batch_idx + 1)

    def after_test_epoch(self, runner: Runner, metrics: dict | None = None) -> None:
        """Close the bar."""
        self._close()

    def give_back(self, runner: Runner) -> None:
        """Close the bar of a training or a test that failed; the terminal is not to wait for it."""
        self._close()

    def _open(self, runner: Runner) -> None:
        if not (is_main_process() and sys.stdout.isatty()):
            return
        self.progress = make_progress()
        self.progress.start()
        # rich prints what goes to sys.stdout above the bar; the logger has to use that stream while it runs
        self._streams = [(handler, handler.setStream(sys.stdout)) for handler in _terminal_handlers(runner.logger)]

    def _close(self) -> None:
        if self.progress:
            for handler, stream in self._streams:
                handler.setStream(stream)
            self.progress.stop()
            self.progress = None


def _terminal_handlers(logger: logging.Logger) -> Iterator[logging.StreamHandler]:
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            yield handler
