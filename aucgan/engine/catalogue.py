"""All registered components of the project, by family."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from typing import Any

from aucgan.engine.type_names import own_registries


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


def catalogue() -> dict[str, list[RegisteredComponent]]:
    """Families with at least one component, by the registry's name in lower case, each sorted by name."""
    families = {}
    for family, registry in own_registries().items():
        components = [
            RegisteredComponent(name, (inspect.getdoc(target) or "").split("\n")[0], target)
            for name, target in sorted(registry.module_dict.items())
        ]
        if components:
            families[family.lower()] = components
    return families
