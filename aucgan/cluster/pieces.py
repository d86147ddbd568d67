"""One function for work in independent pieces."""

from __future__ import annotations

import os
import pickle
import uuid
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from concurrent.futures import CancelledError
from contextlib import contextmanager, suppress
from itertools import islice
from typing import Any

from aucgan.cluster.clusters import needed, security_of
from aucgan.cluster.piece_process import callers_threads
from aucgan.cluster.work import ClusterError, Outcome, Rules, UnusableError, Work, told
from aucgan.cluster.worker import NamedInput, Request, end_processes, run_piece
from aucgan.process.errors import UserError
from aucgan.process.stopping import signals_kept_from_children
from aucgan.registry import CLUSTERS

AHEAD, AT_LEAST = 3, 64
"""Pieces that the scheduler holds: so many a thread of the workers, and so many before workers have come."""
CLOSING_SECONDS = 30
"""Processes that take longer end with this one."""


def in_pieces(inputs: Iterable[tuple[str, Any]], size: int) -> Iterator[list[tuple[str, Any]]]:
    """Named inputs in pieces of a size, in order; the last may be smaller."""
    left = iter(inputs)
    while piece := list(islice(left, size)):
        yield piece


def run_pieces(
    work: Work,
    pieces: Iterable[Sequence[tuple[str, Any]]],
    cluster: dict | None = None,
    rules: Rules | None = None,
    say: Callable[[str], None] = print,
) -> Generator[Outcome, None, None]:
    """Do a work to named inputs, and give what becomes of each, once each, as they come.

    Args:
        work: What to do.
        pieces: Names and contents of inputs that are done together, see :func:`in_pieces`; read no further ahead than
            needed. A name that comes again is left out.
        cluster: Config of where; ``None``: in this process, where nothing is tried again and no limit holds.
        rules: Limits.
        say: Gets the line that says where the work is done.

    Returns:
        The outcomes; whoever may stop before the last closes it (``contextlib.closing``), and with it the cluster.

    Raises:
        UserError: The work cannot be done, or the cluster is gone.
    """
    rules = rules or Rules()
    once = _once(pieces)
    return _here(work, once, rules) if cluster is None else _there(work, once, cluster, rules, say)


def _once(pieces: Iterable[Sequence[tuple[str, Any]]]) -> Iterator[list[tuple[str, Any]]]:
    seen: set[str] = set()
    for piece in pieces:
        new = {name: content for name, content in piece if name not in seen}
        seen |= set(new)
        if new:
            yield list(new.items())


def _here(work: Work, pieces: Iterable[list[tuple[str, Any]]], rules: Rules) -> Generator[Outcome, None, None]:
    doing = work.make(work.settings)

    def tried(batch: Sequence[tuple[str, Any]]) -> list[Outcome]:
        try:
            values = doing([content for _, content in batch])
        except UserError:
            raise
        except Exception as error:
            return [Outcome(name, failure=told(error)) for name, _ in batch]
        return [Outcome(name, value) for (name, _), value in zip(batch, values, strict=True)]

    for batch in pieces:
        outcomes = tried(batch)
        if rules.divisible and len(batch) > 1 and outcomes[0].failure:
            outcomes = [outcome for one in batch for outcome in tried([one])]
        yield from outcomes


def _there(
    work: Work, pieces: Iterator[list[tuple[str, Any]]], config: dict, rules: Rules, say: Callable[[str], None]
) -> Generator[Outcome, None, None]:
    request = Request(pickle.dumps(work), os.getcwd(), callers_threads(), rules)
    sent = ([(name, pickle.dumps(content)) for name, content in piece] for piece in pieces)
    with _client(config, say) as client:
        yield from _Run(client, request, f"{work.name}-{uuid.uuid4().hex}").outcomes(sent)


class _Run:
    """The pieces that a scheduler holds."""

    def __init__(self, client: Any, request: Request, key: str) -> None:
        self.client, self.request, self.key = client, request, key
        self.begun: dict[str, list[NamedInput]] = {}
        self.number, self.done, self.room = 0, 0, AT_LEAST

    def outcomes(self, pieces: Iterator[list[NamedInput]]) -> Iterator[Outcome]:
        coming = needed("distributed", "aucgan[cluster]").as_completed()
        self._fill(coming, pieces)
        while self.begun:
            future = next(coming)
            piece = self.begun.pop(future.key)
            outcomes = self._of(future, piece)
            self.done += len(piece)
            future.release()
            self._fill(coming, pieces)
            yield from outcomes

    def _fill(self, coming: Any, pieces: Iterator[list[NamedInput]]) -> None:
        if self.number % AT_LEAST == 0:  # asking takes milliseconds
            self.room = max(AT_LEAST, AHEAD * sum(self.client.nthreads().values()))
        for piece in islice(pieces, max(0, self.room - len(self.begun))):
            key = f"{self.key}-{self.number}"
            self.number += 1
            self.begun[key] = piece
            coming.add(self.client.submit(run_piece, self.request, piece, key=key, pure=False))

    def _of(self, future: Any, piece: Sequence[NamedInput]) -> list[Outcome]:
        killed = needed("distributed", "aucgan[cluster]").KilledWorker
        try:
            outcomes = future.result()
        except UnusableError:
            raise
        except killed:
            return [Outcome(name, failure="the workers that had it vanished") for name, _ in piece]
        except (CancelledError, OSError) as error:
            raise ClusterError(
                f"the cluster is gone ({told(error)}); {self.done} are done: the same command goes on"
            ) from error
        return [Outcome(o.name, None if o.failure else pickle.loads(o.value), o.failure) for o in outcomes]


@contextmanager
def _client(config: dict, say: Callable[[str], None]) -> Iterator[Any]:
    """A cluster that has started, and ends with the block."""
    distributed = needed("distributed", "aucgan[cluster]")
    chosen = CLUSTERS.build(config)
    with signals_kept_from_children():
        cluster = chosen.start()
        try:
            client = distributed.Client(cluster, security=security_of(chosen.security))
        except OSError as error:
            if not isinstance(cluster, str):
                _close(cluster)
            raise ClusterError(f"no cluster at {cluster}: {' '.join(str(error).split())}") from error
    try:
        say(f"{len(client.nthreads())} workers at {client.scheduler.address}; dashboard: {client.dashboard_link}")
        yield client
        if isinstance(cluster, str):  # its workers go on
            client.run(end_processes, on_error="ignore")
    finally:
        _close(client)
        if not isinstance(cluster, str):
            _close(cluster)


def _close(thing: Any) -> None:
    with suppress(TimeoutError):
        thing.close(timeout=CLOSING_SECONDS)
