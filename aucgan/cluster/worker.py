"""What a worker of a cluster does with a piece: tries, limits, and one by one what failed together.

Loads nothing heavy: the work itself is loaded by a process of its own, and inputs and results pass through as bytes.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from aucgan.cluster.piece_process import PieceFailed, PieceLate, PieceProcess, ProcessDied
from aucgan.cluster.work import Outcome, Rules

NamedInput = tuple[str, bytes]


@dataclass(frozen=True)
class Request:
    """What all pieces of a run share.

    Attributes:
        work: The pickled work.
        folder: The caller's current folder.
        threads: The caller's environment, as far as it says how many threads compute.
        rules: How pieces are treated.
    """

    work: bytes
    folder: str
    threads: dict[str, str]
    rules: Rules


_idle: list[PieceProcess] = []
_lock = threading.Lock()


def run_piece(request: Request, piece: Sequence[NamedInput]) -> list[Outcome]:
    """Do a piece; outcomes hold pickled values.

    Raises:
        UnusableError: The work cannot be done.
    """
    rules = request.rules
    alone = len(piece) == 1 or not rules.divisible
    outcomes = _tried(request, piece, rules.tries if alone else 1)
    if alone or not any(outcome.failure for outcome in outcomes):
        return outcomes
    left = max(1, rules.tries - 1)
    return [outcome for one in piece for outcome in _tried(request, [one], left)]


def end_processes() -> None:
    """End the processes that wait for pieces."""
    with _lock:
        ending, _idle[:] = _idle[:], []
    for process in ending:
        process.end()


def _tried(request: Request, piece: Sequence[NamedInput], tries: int) -> list[Outcome]:
    names, inputs = [name for name, _ in piece], [content for _, content in piece]
    failure = ""
    for _ in range(tries):
        try:
            values = _done(request, inputs)
        except ProcessDied as error:
            failure = f"{error}, {request.rules.tries} times"
            continue
        except (PieceLate, PieceFailed) as error:
            failure = str(error)
            break
        return [Outcome(name, value) for name, value in zip(names, values, strict=True)]
    return [Outcome(name, failure=failure) for name in names]


def _done(request: Request, inputs: Sequence[bytes]) -> list[bytes]:
    process = _take(request)
    try:
        return process(inputs, request.rules.seconds)
    finally:
        if process.usable:
            with _lock:
                _idle.append(process)


def _take(request: Request) -> PieceProcess:
    """A process that has loaded this work; those of other works end."""
    with _lock:
        others = [process for process in _idle if process.work != request.work]
        same = [process for process in _idle if process.work == request.work]
        taken = same.pop() if same else None
        _idle[:] = same
    for process in others:
        process.end()
    return taken or PieceProcess(request.work, request.folder, request.threads)
