"""All registered components of the project, by family."""

from __future__ import annotations

import inspect
import re
import sys
from dataclasses import dataclass
from typing import Any

import aucgan.registry as own
from aucgan.building.registry import Registry


@dataclass(frozen=True)
class RegisteredComponent:
    """A component as a config names it.

    Attributes:
        name: What ``type`` has to be.
        summary: First line of its documentation.
        target: The class or function.
    """

    name: str
    summary: str
    target: Any

    @property
    def reference(self) -> str:
        """The publications that the documentation of it, of its module or of a function beside it names."""
        module = sys.modules[self.target.__module__]
        beside = [f for _, f in inspect.getmembers(module, inspect.isfunction) if f.__module__ == module.__name__]
        texts = (inspect.getdoc(thing) or "" for thing in (self.target, module, *beside))
        return next((found for found in map(_references, texts) if found), "")

    @property
    def inputs(self) -> tuple[str, ...]:
        """Names of what has to be given to it; empty where it is not called with named arguments."""
        forward = getattr(self.target, "forward", None)
        if forward is None:
            return ()
        parameters = list(inspect.signature(forward).parameters.values())[1:]
        return tuple(p.name for p in parameters if p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD)


def catalogue() -> dict[str, list[RegisteredComponent]]:
    """Families with at least one component, by the registry's name in lower case, each sorted by name."""
    families = {}
    for family, registry in _registries().items():
        components = [
            RegisteredComponent(name, (inspect.getdoc(target) or "").split("\n")[0], target)
            for name, target in sorted(registry.module_dict.items())
        ]
        if components:
            families[family.lower()] = components
    return families


def _registries() -> dict[str, Registry]:
    """The project's registries by their names in :mod:`aucgan.registry`, with all components imported."""
    found = {name: value for name, value in vars(own).items() if isinstance(value, Registry)}
    for registry in found.values():
        registry.import_from_location()
    return found


def _references(text: str) -> str:
    """The publications at the end of a documentation text: ``[1] ...`` up to the end of the paragraph."""
    start = re.search(r"^\[1\] ", text, flags=re.MULTILINE)
    if start is None:
        return ""
    paragraph = text[start.start() :].split("\n\n")[0]
    return "; ".join(part.strip().rstrip(".") for part in re.split(r"\[\d+\] ", " ".join(paragraph.split())) if part)
