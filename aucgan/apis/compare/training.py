"""Training what a comparison needs: prerequisites once, then the runs, some side by side."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from pathlib import Path

from aucgan.apis.compare.runs import DIVERGED, FAILED, FINISHED, INTERRUPTED, Run
from aucgan.engine.errors import NonFiniteError, Terminated

LOG_NAME = "train.log"
Launch = Callable[[Run], int]
"""Runs a training to its end and gives its exit code."""


def train_runs(runs: Sequence[Run], launch: Launch, jobs: int, say: Callable[[str], None]) -> None:
    """Train every run that is not finished, ``jobs`` at a time; one that fails does not stop the others.

    A run that diverged is not tried again, as it would diverge again; one that failed is.
    """
    waiting = [run for run in runs if run.state() not in (FINISHED, DIVERGED)]
    say(f"{len(runs)} runs: {len(runs) - len(waiting)} there already, {len(waiting)} to do, {jobs} at a time")
    pool = ThreadPoolExecutor(jobs)
    try:
        futures = {pool.submit(_train, run, launch): run for run in waiting}
        for count, future in enumerate(as_completed(futures), start=1):
            run = futures[future]
            say(f"[{count}/{len(waiting)}] {run.variant}, seed {run.seed}: {future.result()}")
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


def _train(run: Run, launch: Launch) -> str:
    """Train one run and note how it ended; the note in words."""
    run.note(INTERRUPTED)
    start = time.perf_counter()
    code = launch(run)
    seconds = time.perf_counter() - start
    if code == 0 and run.results.is_file():
        run.note(FINISHED, seconds=seconds)
        return f"finished in {seconds:.0f} s"
    if code in (Terminated.exit_code, -signal.SIGTERM):
        return "was interrupted; the same command continues it"
    message = _last_line(run.folder / LOG_NAME) or f"left no {run.results.name}"
    run.note(DIVERGED if code == NonFiniteError.exit_code else FAILED, f"exit code {code}: {message}", seconds)
    return f"{run.state()}: {message}"


def _last_line(path: Path) -> str:
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.is_file() else []
    return lines[-1] if lines else ""


class ProcessLauncher:
    """Runs trainings as processes, each with its share of the processors; their output goes to ``train.log``.

    Args:
        jobs: How many run side by side: each gets ``processors // jobs`` threads when there are several.
    """

    def __init__(self, jobs: int = 1) -> None:
        self.environment = dict(os.environ)
        if jobs > 1:
            threads = str(max(1, (os.cpu_count() or 1) // jobs))
            self.environment |= {"OMP_NUM_THREADS": threads, "MKL_NUM_THREADS": threads}
        self._alive: set[subprocess.Popen] = set()
        self._lock = threading.Lock()
        self._stopped = False

    def __call__(self, run: Run) -> int:
        """Run a training's command to its end; its exit code."""
        run.folder.mkdir(parents=True, exist_ok=True)
        with (run.folder / LOG_NAME).open("ab") as log:
            with self._lock:
                if self._stopped:
                    return Terminated.exit_code
                # a session of its own: Ctrl-C reaches this process alone, which then asks the trainings to end
                process = subprocess.Popen(
                    run.command, stdout=log, stderr=subprocess.STDOUT, env=self.environment, start_new_session=True
                )
                self._alive.add(process)
            code = process.wait()
        with self._lock:
            self._alive.discard(process)
        return code

    def stop(self) -> None:
        """Ask the trainings to write a checkpoint and end; start no more."""
        with self._lock:
            self._stopped = True
            for process in self._alive:
                process.terminate()


@contextmanager
def stopping(launcher: ProcessLauncher) -> Iterator[None]:
    """End the trainings when the block is left by SIGTERM, Ctrl-C or an error."""

    def asked_to_end(signum, frame) -> None:
        raise Terminated("asked to end by SIGTERM; the same command continues the comparison")

    old = signal.signal(signal.SIGTERM, asked_to_end)
    try:
        yield
    except BaseException:
        print("ending the trainings with a checkpoint each ...", file=sys.stderr)
        launcher.stop()
        raise
    finally:
        signal.signal(signal.SIGTERM, old)
