"""A progress bar on a terminal, and lines that do not disturb it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn


class ProgressBar:
    """Counts files. Where standard error is no terminal, nothing is drawn.

    Args:
        progress: What draws; ``None`` for nothing.
        count: How many files there are.
    """

    def __init__(self, progress: Progress | None = None, count: int = 0) -> None:
        self.progress = progress
        self.task = progress.add_task("files", total=count) if progress else None

    def advance(self) -> None:
        """A file is done."""
        if self.progress and self.task is not None:
            self.progress.advance(self.task)

    def say(self, text: str, error: bool) -> None:
        """Print a line to standard error or output; above the bar where both are on one terminal."""
        stream = sys.stderr if error else sys.stdout
        if self.progress and stream.isatty():
            self.progress.console.print(text, markup=False, highlight=False, soft_wrap=True)
        else:
            print(text, file=stream, flush=True)


@contextmanager
def progress_bar(count: int) -> Iterator[ProgressBar]:
    """A bar while the block runs."""
    if not sys.stderr.isatty():
        yield ProgressBar()
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, TimeElapsedColumn(), TimeRemainingColumn(), console=Console(stderr=True)) as progress:
        yield ProgressBar(progress, count)
