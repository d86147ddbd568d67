"""Setting inputs of the page, with their types."""

from __future__ import annotations

from typing import Any, TypeVar

from viser import GuiInputHandle

Value = TypeVar("Value")


def set_value(handle: GuiInputHandle[Value], value: Value) -> None:
    """Let an input show a value.

    viser has another method between the getter and the setter of ``value``, for which type checkers call it read-only.
    """
    settable: Any = handle
    settable.value = value
