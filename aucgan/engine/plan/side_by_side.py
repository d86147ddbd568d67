"""Trainings in processes of their own, side by side where they do not need each other.

A process of its own leaks nothing global into the next training, and two small trainings with half of the
processors each get more done than one after the other with all of them.
"""

from __future__ import annotations

import asyncio
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import FrameType
from typing import IO, TextIO

from aucgan.process.errors import UserError, asked_to_end
from aucgan.process.stopping import TakenSignals

LONGEST_LINE = 2**20
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
    crew = _JobPool(jobs, at_once, threads, on_end)
    with TakenSignals(crew.note):
        _run_loop(crew)
    crew.raise_what_happened()
    return crew.seconds


def _run_loop(crew: _JobPool) -> None:
    """Run the jobs in an event loop; in a thread of its own where one runs here already, as in a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        asyncio.run(crew.run())
        return
    with ThreadPoolExecutor(1) as pool:
        ended = pool.submit(asyncio.run, crew.run())
        while not wait([ended], LOOK_INTERVAL).done:
            pass
        ended.result()


class _JobPool:
    """The jobs of one call, with the processes that run."""

    def __init__(self, jobs: Sequence[Job], at_once: int, threads: int, on_end: EndCallback | None = None) -> None:
        self.waiting, self.at_once, self.threads, self.on_end = list(jobs), at_once, threads, on_end
        self.running: dict[asyncio.Task, Job] = {}
        self.processes: dict[str, asyncio.subprocess.Process] = {}
        self.seconds: dict[str, float] = {}
        self.failed: dict[str, int] = {}
        self.ended: list[str] = []
        self.asked_to_end: int | None = None
        self.loop: asyncio.AbstractEventLoop | None = None

    async def run(self) -> None:
        """Run all jobs; see :func:`run_jobs`."""
        self.loop = asyncio.get_running_loop()
        self._start_what_is_ready()
        while self.running:
            done, _ = await asyncio.wait(self.running, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                self._after_end(self.running.pop(task), task.result())
            self._start_what_is_ready()

    def _start_what_is_ready(self) -> None:
        if self.asked_to_end or self.failed:
            return
        pending = {job.name for job in (*self.waiting, *self.running.values())}
        ready = [job for job in self.waiting if not pending & set(job.needs)][: self.at_once - len(self.running)]
        together = len(self.running) + len(ready)
        for job in ready:
            self.waiting.remove(job)
            share = max(1, self.threads // together)
            beside = f", beside {together - 1} more, with {share} of {self.threads} threads" if together > 1 else ""
            if self.on_end is None:
                print(f"now: {job.name}{beside}", flush=True)
            self.running[asyncio.create_task(self._run_one(job, share, together > 1))] = job

    async def _run_one(self, job: Job, threads: int, labelled: bool) -> int:
        """Run a job; its exit code."""
        start = time.perf_counter()
        share = {"OMP_NUM_THREADS": str(threads), "MKL_NUM_THREADS": str(threads), "PYTHONUNBUFFERED": "1"}
        environment = os.environ | (share if labelled else {})
        with _output_of(job, labelled) as output:
            process = await asyncio.create_subprocess_exec(
                *job.command,
                env=environment,
                stdout=output,
                stderr=output,
                limit=LONGEST_LINE,
                creationflags=OWN_GROUP,
            )
        self.processes[job.name] = process
        if self.asked_to_end or self.failed:
            process.send_signal(ASKING)
        if process.stdout is not None and process.stderr is not None:
            await asyncio.gather(
                _relay(process.stdout, job.label, sys.stdout), _relay(process.stderr, job.label, sys.stderr)
            )
        code = await process.wait()
        self.seconds[job.name] = time.perf_counter() - start
        return code

    def _after_end(self, job: Job, code: int) -> None:
        del self.processes[job.name]
        if self.on_end is not None:
            self.on_end(job, code, self.seconds[job.name])
        if code and (self.asked_to_end or self.failed):
            self.ended.append(job.name)
        elif code and self.on_end is None:
            self.failed[job.name] = code
            self._end_all()

    def note(self, number: int, frame: FrameType | None) -> None:
        """A signal came, at whatever moment: the loop deals with it between two steps."""
        again = self.asked_to_end == number == signal.SIGINT
        self.asked_to_end = self.asked_to_end or number
        if self.loop is not None:
            with suppress(RuntimeError):  # it is closed: all have ended
                self.loop.call_soon_threadsafe(self._end_all, again)

    def _end_all(self, kill: bool = False) -> None:
        for process in self.processes.values():
            if process.returncode is None:
                process.kill() if kill else process.send_signal(ASKING)

    def raise_what_happened(self) -> None:
        """Raise if a job failed, or if this process was asked to end; see :func:`run_jobs`."""
        ended = " and ".join(self.ended)
        if self.failed:
            (name, code), *_ = self.failed.items()
            rest = f"; {ended} ended with a checkpoint, the same command continues it" if ended else ""
            raise UserError(f"'{name}' failed with exit code {code}{rest}")
        if self.asked_to_end:
            during = f" during {ended}" if ended else ""
            raise asked_to_end(self.asked_to_end, f"{during}; the same command continues what was begun")


@contextmanager
def _output_of(job: Job, labelled: bool) -> Iterator[IO | int | None]:
    """Where a job's output goes: its log, a pipe whose lines get labels, or the terminal."""
    if job.log is None:
        yield asyncio.subprocess.PIPE if labelled else None
        return
    job.log.parent.mkdir(parents=True, exist_ok=True)
    with job.log.open("ab") as file:
        yield file


async def _relay(stream: asyncio.StreamReader, label: str, to: TextIO) -> None:
    """Copy lines, each with a label before it."""
    async for line in stream:
        print(f"{label} | {line.decode(errors='replace').rstrip()}", file=to, flush=True)
