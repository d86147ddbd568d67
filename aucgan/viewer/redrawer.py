"""Drawing what was asked for last: a draft at once, the whole when the hand rests."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

State = TypeVar("State")
REST = 0.12
"""Seconds without a new state after which the slider counts as let go."""


class Redrawer(Generic[State]):
    """One visitor's drawing, in a thread of its own.

    States that come while another is drawn wait; of those only the last is drawn.

    Args:
        draft: Draws quickly.
        full: Draws all; called when no state has come for ``rest`` seconds.
        rest: See above.
    """

    def __init__(self, draft: Callable[[State], None], full: Callable[[State], None], rest: float = REST) -> None:
        self._draft, self._full, self._rest = draft, full, rest
        self._wanted: State | None = None
        self._ended = False
        self._news = threading.Condition()
        self._thread = threading.Thread(target=self._run, name="redrawer", daemon=True)
        self._thread.start()

    def ask(self, state: State) -> None:
        """Draw this state, and none that came before it."""
        with self._news:
            self._wanted = state
            self._news.notify()

    def end(self) -> None:
        """Stop; what is being drawn is finished."""
        with self._news:
            self._ended = True
            self._news.notify()
        self._thread.join()

    def _run(self) -> None:
        drawn: State | None = None
        while (state := self._next(drawn is not None)) is not None or not self._ended:
            work = self._full if state is None else self._draft
            drawn, shown = state, drawn if state is None else state
            if shown is not None:
                self._attempt(work, shown)

    def _next(self, resting: bool) -> State | None:
        """The next state to draft; ``None``: the hand rests, or it is over."""
        with self._news:
            self._news.wait_for(lambda: self._wanted is not None or self._ended, self._rest if resting else None)
            state, self._wanted = self._wanted, None
            return None if self._ended else state

    @staticmethod
    def _attempt(work: Callable[[State], None], state: State) -> None:
        """A state that cannot be drawn must not end the drawing of others."""
        try:
            work(state)
        except Exception:
            logging.getLogger(__name__).exception("this state could not be drawn")
