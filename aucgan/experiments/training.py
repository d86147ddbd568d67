"""Training the runs of a comparison, some side by side."""

from __future__ import annotations

import signal
from collections.abc import Callable, Sequence
from pathlib import Path

from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.experiments.runs import DIVERGED, FAILED, FINISHED, INTERRUPTED, Run
from aucgan.process.errors import NonFiniteError
from aucgan.process.stopping import CAUSES

LOG_NAME = "train.log"
CONTROL_C_EXIT = 0xC000013A
"""What Windows says of a program that Ctrl-C or Ctrl-Break ended, ``STATUS_CONTROL_C_EXIT``."""
KILLED = tuple(-number for number in (*CAUSES, getattr(signal, "SIGKILL", signal.SIGTERM)))
ENDED_CODES = (*(128 + number for number in CAUSES), *KILLED, CONTROL_C_EXIT)
"""Exit codes of a training that was ended from outside: it can be continued."""


def train_runs(runs: Sequence[Run], at_once: int, threads: int, say: Callable[[str], None]) -> None:
    """Train every run that is not finished; one that fails does not stop the others.

    A run that diverged is not tried again, as it would diverge again; one that failed is. Output goes to
    ``train.log`` in the run's folder.

    Args:
        runs: The runs, in the order in which they start.
        at_once: How many run side by side.
        threads: Threads of all of them together.
        say: Tells the user.

    Raises:
        Terminated: SIGTERM came; the trainings have checkpointed.
        Interrupted: Ctrl-C was pressed; likewise.
    """
    waiting = {f"{run.variant}, seed {run.seed}": run for run in runs if run.state() not in (FINISHED, DIVERGED)}
    say(f"{len(runs)} runs: {len(runs) - len(waiting)} there already, {len(waiting)} to do, {at_once} at a time")
    done: list[str] = []

    def note(job: Job, code: int, seconds: float) -> None:
        done.append(job.name)
        say(f"[{len(done)}/{len(waiting)}] {job.name}: {_note_end(waiting[job.name], code, seconds)}")

    for run in waiting.values():
        run.note(INTERRUPTED)
    jobs = [Job(name, run.variant, run.command, log=run.folder / LOG_NAME) for name, run in waiting.items()]
    run_jobs(jobs, at_once, threads, note)


def _note_end(run: Run, code: int, seconds: float) -> str:
    """Note how a run ended; the note in words."""
    if code == 0 and run.results.is_file():
        run.note(FINISHED, seconds=seconds)
        return f"finished in {seconds:.0f} s"
    if code in ENDED_CODES:
        return "was ended; the same command continues it"
    message = last_line(run.folder / LOG_NAME) if code else f"left no {run.results.name}"
    run.note(DIVERGED if code == NonFiniteError.exit_code else FAILED, f"exit code {code}: {message}", seconds)
    return f"{run.state()}: {message}"


def last_line(path: Path) -> str:
    """The last line of a log, where programs say why they ended."""
    lines = path.read_text(encoding="utf-8", errors="replace").strip().splitlines() if path.is_file() else []
    return lines[-1] if lines else "it said nothing"
