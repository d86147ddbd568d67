"""What is done to inputs, and what becomes of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from aucgan.process.errors import UserError

Doing = Callable[[Sequence[Any]], Sequence[Any]]
"""Does some inputs together, and gives a result for each. Doing an input twice must be harmless."""


@dataclass(frozen=True)
class Work:
    """A named piece of work.

    Attributes:
        name: For messages and the dashboard.
        make: A function at the top level of a module, which loads what the work needs; called once a process.
        settings: What it gets; has to be picklable.
    """

    name: str
    make: Callable[[Any], Doing]
    settings: Any = None


@dataclass(frozen=True)
class Outcome:
    """What became of an input.

    Attributes:
        name: Of the input.
        value: The result.
        failure: Why there is none; empty where there is one.
    """

    name: str
    value: Any = None
    failure: str = ""


@dataclass(frozen=True)
class Rules:
    """How pieces are treated.

    Attributes:
        seconds: Limit of a piece; ``None`` for none. Loading is not counted.
        tries: How often an input may be in a process that dies.
        divisible: After a piece has failed, its inputs are done one by one, so that each answers for itself.
    """

    seconds: float | None = None
    tries: int = 3
    divisible: bool = True

    def __post_init__(self) -> None:
        if self.tries < 1 or (self.seconds is not None and self.seconds <= 0):
            raise ValueError(f"tries and seconds must be positive, got {self.tries} and {self.seconds}")


class UnusableError(UserError):
    """The work cannot be done at all: every input would meet the same."""


class ClusterError(UserError):
    """The cluster is gone, or cannot be started."""


def told(error: BaseException) -> str:
    """An error in one line."""
    return f"{type(error).__name__}: {' '.join(str(error).split())}"
