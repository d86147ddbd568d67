"""Programs in processes of their own, side by side where they do not need each other.

A process of its own leaks nothing global into the next training, and two small trainings with half of the
processors each get more done than one after the other with all of them.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, TextIO

from aucgan.process.errors import UserError, asked_to_end
from aucgan.process.stopping import TakenSignals

LOOK_INTERVAL = 0.2
"""Seconds; on Windows a thread that waits for another hears no Ctrl-C before it looks up."""
ASKING = getattr(signal, "CTRL_BREAK_EVENT", signal.SIGTERM)
"""What asks a job to end. Windows' SIGTERM would not ask: it ends a process at once, without its checkpoint."""
OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
"""Windows sends Ctrl-Break to groups only; such a group hears no Ctrl-C of the terminal, and leaves it to us."""


@dataclass(frozen=True)
class Job:
    """A program to run.

    Attributes:
        name: What it does, for messages; others name it in their ``needs``.
        label: What its lines begin with while others run beside it.
        command: The program and its arguments.
        needs: Names of the jobs that have to end well before it starts; names of no job count as done.
        log: A file that its output is added to, instead of the terminal.
    """

    name: str
    label: str
    command: tuple[str, ...]
    needs: tuple[str, ...] = ()
    log: Path | None = None


EndCallback = Callable[[Job, int, float], None]
"""Called when a job has ended, with its exit code and its seconds."""


def run_jobs(jobs: Sequence[Job], at_once: int, threads: int, on_end: EndCallback | None = None) -> dict[str, float]:
    """Run jobs, each as soon as what it needs is done.

    A job that runs alone has the terminal to itself. Those that run side by side share the threads equally, and
    each of their lines begins with their label. When one fails, or this process is asked to end, all are asked to
    end by SIGTERM (Ctrl-Break on Windows), so that they checkpoint; a second Ctrl-C does not wait for that. With
    ``on_end``, which hears of failures, a job that fails ends no other.

    Args:
        jobs: The jobs; those named first start first.
        at_once: How many may run at the same time.
        threads: Threads of all running jobs together.
        on_end: Called for each job when it has ended.

    Returns:
        Seconds of each job, by name.

    Raises:
        Terminated: SIGTERM came.
        Interrupted: Ctrl-C was pressed.
        UserError: A job failed, and there is no ``on_end``; its own message is already on the terminal.
    """
    crew = _Crew(threads, on_end)
    with TakenSignals(crew.note):
        crew.run(list(jobs), at_once)
    crew.raise_what_happened()
    return crew.seconds


class _Crew:
    """The processes of one call. A thread starts and hears each; all else, signals included, is the caller's thread."""

    def __init__(self, threads: int, on_end: EndCallback | None) -> None:
        self.threads, self.on_end = threads, on_end
        self.processes: list[subprocess.Popen] = []
        self.seconds: dict[str, float] = {}
        self.ended: list[str] = []
        self.failure, self.asked = "", 0

    def run(self, waiting: list[Job], at_once: int) -> None:
        running: dict[Future[int], Job] = {}
        with ThreadPoolExecutor(at_once) as pool:
            try:
                while running or (waiting and not self.ending):
                    unfinished = {job.name for job in (*waiting, *running.values())}
                    ready = [job for job in waiting if not unfinished & set(job.needs)][: at_once - len(running)]
                    together = len(running) + len(ready)
                    if not self.ending:
                        running |= {pool.submit(self.run_one, job, together): job for job in ready}
                        waiting = [job for job in waiting if job not in ready]
                    for future in wait(running, LOOK_INTERVAL, FIRST_COMPLETED).done:
                        self.after_end(running.pop(future), future.result())
            finally:
                self.end_all()

    def run_one(self, job: Job, together: int) -> int:
        start = time.perf_counter()
        share = str(max(1, self.threads // together))
        limits = {"OMP_NUM_THREADS": share, "MKL_NUM_THREADS": share, "PYTHONUNBUFFERED": "1"}
        environment = os.environ | (limits if together > 1 else {})
        if self.on_end is None:
            beside = f", beside {together - 1} more, with {share} of {self.threads} threads" if together > 1 else ""
            print(f"now: {job.name}{beside}\n", end="", flush=True)
        with (
            _output_of(job, together) as out,
            subprocess.Popen(job.command, stdout=out, stderr=out, env=environment, creationflags=OWN_GROUP) as process,
        ):
            self.processes.append(process)
            if self.ending:  # since this one was not yet there to be asked
                process.send_signal(ASKING)
            if process.stdout and process.stderr:
                _relay({process.stdout: sys.stdout, process.stderr: sys.stderr}, job.label)
        self.seconds[job.name] = time.perf_counter() - start
        return process.returncode

    @property
    def ending(self) -> bool:
        return bool(self.asked or self.failure)

    def after_end(self, job: Job, code: int) -> None:
        if self.on_end is not None:
            self.on_end(job, code, self.seconds[job.name])
        if code and self.ending:
            self.ended.append(job.name)
        elif code and self.on_end is None:
            self.failure = f"'{job.name}' failed with exit code {code}"
            self.end_all()

    def note(self, number: int, frame: FrameType | None) -> None:
        again = self.asked == number == signal.SIGINT
        self.asked = self.asked or number
        self.end_all(kill=again)

    def end_all(self, kill: bool = False) -> None:
        for process in tuple(self.processes):
            process.kill() if kill else process.send_signal(ASKING)

    def raise_what_happened(self) -> None:
        ended = " and ".join(self.ended)
        if self.failure:
            rest = f"; {ended} ended with a checkpoint, the same command continues it" if ended else ""
            raise UserError(self.failure + rest)
        if self.asked:
            during = f" during {ended}" if ended else ""
            raise asked_to_end(self.asked, f"{during}; the same command continues what was begun")


def _output_of(job: Job, together: int) -> AbstractContextManager[IO | int | None]:
    """Where a job's output goes: its log, a pipe whose lines get labels, or the terminal."""
    if job.log is None:
        return nullcontext(subprocess.PIPE if together > 1 else None)
    job.log.parent.mkdir(parents=True, exist_ok=True)
    return job.log.open("ab")


def _relay(streams: dict[IO[bytes], TextIO], label: str) -> None:
    """Copy lines, each with a label before it, until the streams end."""

    def copy(stream: IO[bytes]) -> None:
        with stream:  # closed where it cannot be copied: nobody writes to it in vain, and waits
            for line in stream:  # each printed in one piece, as several threads print
                text = f"{label} | {line.decode(errors='replace').rstrip()}\n"
                print(text, end="", file=streams[stream], flush=True)

    with ThreadPoolExecutor(len(streams)) as pool:
        list(pool.map(copy, streams))
