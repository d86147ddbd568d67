"""A process that does pieces of one work, seen from the worker that started it.

A process of its own dies alone: who is to blame is known, the worker lives on, and a piece that hangs can be ended,
which a thread cannot.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from typing import Any

from aucgan.cluster.child import DONE, FAILED, READY
from aucgan.cluster.work import UnusableError

START_SECONDS = 900.0
"""Limit for loading what a work needs."""


THREADS = ("OMP_NUM_THREADS", "MKL_NUM_THREADS", "OPENBLAS_NUM_THREADS")
"""Variables that Dask sets for its workers."""


class PieceFailed(Exception):
    """The work raised; another try would meet the same."""


class PieceLate(Exception):
    """The piece took longer than it may; its process was ended."""


class ProcessDied(Exception):
    """The process ended in the middle of a piece."""


class PieceProcess:
    """Starts the process, and waits until it has loaded what the work needs.

    Args:
        work: A pickled :class:`~aucgan.cluster.work.Work`.
        folder: The caller's current folder.
        threads: The caller's variables of :data:`THREADS`.

    Raises:
        UnusableError: The work cannot be done.
        ProcessDied: It died while loading.
        PieceLate: It loaded longer than it may.
    """

    def __init__(self, work: bytes, folder: str, threads: dict[str, str]) -> None:
        self.work = work
        self._late = False
        self._process = subprocess.Popen(
            [sys.executable, "-m", "aucgan.cluster.child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=_environment(threads),
            start_new_session=True,  # Ctrl-C of the terminal is the parent's to answer
        )
        self._ask(pickle.dumps((folder, work)), START_SECONDS)

    def __call__(self, inputs: Sequence[bytes], seconds: float | None) -> list[bytes]:
        """Do some pickled inputs together; pickled results.

        Raises:
            UnusableError: The work cannot be done.
            PieceFailed: The work raised.
            PieceLate: The limit is past.
            ProcessDied: The process died.
        """
        return self._ask(pickle.dumps(list(inputs)), seconds)

    @property
    def usable(self) -> bool:
        """Whether it can take another piece; the limit may pass in the moment in which a piece ends."""
        return not self._late and self._process.poll() is None

    def end(self) -> None:
        """End the process, whatever it does."""
        self._process.kill()
        self._process.communicate()

    def _ask(self, frame: bytes, seconds: float | None) -> Any:
        try:
            return self._answer(frame, seconds)
        except ProcessDied:
            if self._late:
                raise PieceLate(f"it took longer than {seconds:g} s") from None
            raise

    def _answer(self, frame: bytes, seconds: float | None) -> Any:
        timer = threading.Timer(threading.TIMEOUT_MAX if seconds is None else seconds, self._too_long)
        timer.daemon = True
        timer.start()
        try:
            assert self._process.stdin is not None and self._process.stdout is not None
            pickle.dump(frame, self._process.stdin)
            self._process.stdin.flush()
            kind, content = pickle.load(self._process.stdout)
        except (EOFError, OSError, pickle.UnpicklingError):
            self._process.kill()
            raise ProcessDied(_how(self._process.wait())) from None
        finally:
            timer.cancel()
            timer.join()
        if kind == FAILED:
            raise PieceFailed(content)
        if kind not in (READY, DONE):
            self.end()
            raise UnusableError(content)
        return content

    def _too_long(self) -> None:
        self._late = True
        self._process.kill()


def callers_threads() -> dict[str, str]:
    """What this process's environment says of threads."""
    return {name: os.environ[name] for name in THREADS if name in os.environ}


def _environment(threads: dict[str, str]) -> dict[str, str]:
    """The worker's, but with the caller's threads: sums that are shared out otherwise are rounded otherwise."""
    own = {name: value for name, value in os.environ.items() if name not in THREADS}
    return own | threads | {"PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


def _how(code: int) -> str:
    try:
        return f"its process was ended by {signal.Signals(-code).name}"
    except ValueError:
        return f"its process left with exit code {code}"
