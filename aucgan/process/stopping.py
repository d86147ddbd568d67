"""Being asked to end, by Ctrl-C or SIGTERM: an exception that learns on its way out what was interrupted.

During a training loop the checkpoint hook takes the signals instead, and ends the loop with a checkpoint; while
trainings run side by side, :func:`aucgan.engine.plan.side_by_side.run_jobs` does. All take them by
:class:`TakenSignals`, and so give them back however they end. Nothing here needs PyTorch, so that tools can be
interrupted while they load it.
"""

from __future__ import annotations

import os
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

CAUSES: dict[int, str] = {signal.SIGINT: "Ctrl-C", signal.SIGTERM: "SIGTERM"}
"""The signals that ask a process to end, and how a message calls them."""
if hasattr(signal, "SIGBREAK"):  # Windows has no SIGTERM that one process could send another
    CAUSES[signal.SIGBREAK] = "Ctrl-Break"

SignalHandler = Callable[[int, FrameType | None], None]


class Stop(KeyboardInterrupt):
    """The process was asked to end.

    As a ``KeyboardInterrupt`` it meets all that knows how to clean up after Ctrl-C, whichever signal came.

    Attributes:
        number: The signal.
        doing: What was under way, in words.
        kept: What is left of it, and how to continue.
    """

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number, self.doing, self.kept = signal.Signals(number), "", ""

    @property
    def exit_code(self) -> int:
        """What the shell says of a process that the signal ended."""
        return 128 + self.number

    def __str__(self) -> str:
        during_it = f" during {self.doing}" if self.doing else ""
        return f"asked to end by {CAUSES[self.number]}{during_it}; {self.kept}"


@contextmanager
def interruptible(doing: str, kept: str | Callable[[], str] = "") -> Iterator[None]:
    """Name what the block does, for the message if it is interrupted; of nested blocks the innermost speaks.

    Args:
        doing: What is under way; ``during`` comes before it.
        kept: What an interruption leaves, and how to continue; a function is asked when that is needed. Nothing:
            the block around it says so.
    """
    try:
        yield
    except KeyboardInterrupt as error:
        stop = error if isinstance(error, Stop) else Stop(signal.SIGINT)
        stop.doing = stop.doing or doing
        stop.kept = stop.kept or (kept if isinstance(kept, str) else kept())
        raise stop from None


class TakenSignals:
    """The signals that ask to end go to a handler of ours while the block runs, and then to whom they went before.

    Elsewhere than in the main thread, which alone may set handlers, nothing is taken; neither is a signal whose
    handler was not set by Python, as it could not be given back.

    Args:
        handler: Gets them.
    """

    def __init__(self, handler: SignalHandler) -> None:
        self._handler = handler
        self._before: dict[int, Any] = {}

    def __enter__(self) -> TakenSignals:
        """Take them."""
        self.take()
        return self

    def __exit__(self, *_: object) -> None:
        """Give them back."""
        self.give_back()

    def take(self) -> None:
        """Take them until :meth:`give_back`."""
        if threading.current_thread() is not threading.main_thread():
            return
        try:
            for number in CAUSES:
                before = signal.getsignal(number)
                if before is not None:
                    self._before[number] = before
                    signal.signal(number, self._handler)
        except BaseException:  # one of them came, and the handler raised
            self.give_back()
            raise

    def give_back(self, *numbers: int) -> None:
        """Give these signals back, or all that are left; what was given back already stays as it is."""
        for number in numbers or tuple(self._before):
            if number in self._before:
                signal.signal(number, self._before[number])
                del self._before[number]


@contextmanager
def stop_signals() -> Iterator[None]:
    """Let SIGTERM and Ctrl-C raise :class:`Stop` while the block runs; elsewhere than in the main thread, nothing."""
    with TakenSignals(_Handler()):
        yield


def leave_signals_to_parent() -> None:
    """Ignore them for good: for processes that their parent ends, as all of them reach the whole process group."""
    for number in CAUSES:
        signal.signal(number, signal.SIG_IGN)


@contextmanager
def signals_kept_from_children() -> Iterator[None]:
    """Start processes that leave Ctrl-C and SIGTERM, which may come to the whole group, to this one from the start.

    Where signals cannot be blocked (Windows), they do so as soon as they have loaded the library.
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, CAUSES)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def starting(program: str) -> Iterator[None]:
    """Round the imports of a program, which take seconds: their interruption, too, is one line.

    Args:
        program: Its name.
    """
    with stop_signals():
        try:
            with interruptible("its start", "call it again"):
                yield
        except Stop as stop:
            print(f"{program}: {stop}", file=sys.stderr)
            raise SystemExit(stop.exit_code) from None


class _Handler:
    """Raises at the first signal, and at every Ctrl-C after it, which does not wait for the cleaning up."""

    def __init__(self) -> None:
        self.process, self.asked = os.getpid(), False

    def __call__(self, number: int, frame: FrameType | None) -> None:
        if os.getpid() != self.process:  # forked, and not yet on its own feet: ends without a word
            signal.signal(number, signal.SIG_DFL)
            os.kill(os.getpid(), number)
            return
        if self.asked and number != signal.SIGINT:  # the process group and the parent may each send one
            return
        self.asked = True
        raise Stop(number)
