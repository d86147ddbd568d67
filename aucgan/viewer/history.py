"""Undo, redo and reset."""

from __future__ import annotations

from typing import Generic, TypeVar

State = TypeVar("State")
MOST = 200
"""Steps that are remembered."""


class History(Generic[State]):
    """The states of a visitor.

    A slider that is dragged gives many states and is one step: states under the same ``step`` in a row replace each
    other until :meth:`settle` is called.

    Args:
        start: Where :meth:`reset` leads back to.
    """

    def __init__(self, start: State) -> None:
        self.start = start
        self._states, self._place, self._step = [start], 0, ""

    @property
    def now(self) -> State:
        """The state."""
        return self._states[self._place]

    @property
    def can_undo(self) -> bool:
        """Whether there is an earlier state."""
        return self._place > 0

    @property
    def can_redo(self) -> bool:
        """Whether a state was undone."""
        return self._place + 1 < len(self._states)

    def change(self, state: State, step: str = "") -> None:
        """Go on to a state; what was undone is forgotten.

        Args:
            state: The new one.
            step: What changes, such as a slider's name; nothing: a step of its own.
        """
        kept = self._place if step and step == self._step and self._place > 0 else self._place + 1
        self._states = [*self._states[:kept], state][-MOST:]
        self._place, self._step = len(self._states) - 1, step

    def settle(self) -> None:
        """Whatever comes next is a step of its own."""
        self._step = ""

    def undo(self) -> State:
        """Go back one step, if there is one."""
        self._place, self._step = max(0, self._place - 1), ""
        return self.now

    def redo(self) -> State:
        """Take the last undo back, if there was one."""
        self._place, self._step = min(len(self._states) - 1, self._place + 1), ""
        return self.now

    def reset(self) -> State:
        """Back to the start, which can be undone."""
        if self.now is not self.start:
            self.change(self.start)
        return self.now
