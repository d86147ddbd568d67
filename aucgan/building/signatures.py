"""Which arguments a component takes, and whether a value can be one."""

from __future__ import annotations

import inspect
import types
import typing
from typing import Any

_MISSING = inspect.Parameter.empty
_SIMPLE = (int, float, str, bool, type(None))


def accepted_arguments(component: Any) -> dict[str, Any] | None:
    """Names and annotations of the arguments, through ``**kwargs`` to the base classes; ``None`` for any name."""
    if not inspect.isclass(component):
        return _arguments(component)[0] if not _arguments(component)[1] else None
    accepted: dict[str, Any] = {}
    for cls in component.__mro__:
        if "__init__" not in vars(cls):
            continue
        names, open_ended = _arguments(vars(cls)["__init__"]) if cls is not object else ({}, False)
        for name, annotation in names.items():
            accepted.setdefault(name, annotation)
        if not open_ended:
            return accepted
    return None


def wrong_kind(annotation: Any, value: Any) -> str:
    """What an argument takes, in words, when ``value`` is certainly none of it; else an empty string."""
    options = _simple_options(annotation)
    if not options or _fits(value, options):
        return ""
    return " or ".join("None" if option is type(None) else option.__name__ for option in options)


def _arguments(function: Any) -> tuple[dict[str, Any], bool]:
    """Named arguments with their annotations, and whether there is a ``**kwargs``."""
    try:
        parameters = inspect.signature(function).parameters.values()
    except (TypeError, ValueError):  # builtins without a signature
        return {}, True
    try:
        hints = typing.get_type_hints(function)
    except (NameError, TypeError, AttributeError):  # an annotation that only a type checker can resolve
        hints = {}
    fixed = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    names = {p.name: hints.get(p.name, _MISSING) for p in parameters if p.kind in fixed and p.name != "self"}
    return names, any(p.kind is inspect.Parameter.VAR_KEYWORD for p in parameters)


def _simple_options(annotation: Any) -> tuple[type, ...]:
    """The alternatives of an annotation made of plain types alone; empty for anything richer."""
    if typing.get_origin(annotation) in (typing.Union, types.UnionType):
        options = typing.get_args(annotation)
    else:
        options = (annotation,)
    return options if all(option in _SIMPLE for option in options) else ()


def _fits(value: Any, options: tuple[type, ...]) -> bool:
    if isinstance(value, bool):
        return bool in options
    if isinstance(value, int) and float in options:
        return True
    return isinstance(value, tuple(options))
