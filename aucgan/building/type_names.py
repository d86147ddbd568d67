"""The components behind a name, in our registries and in mmengine's."""

from __future__ import annotations

from typing import Any

from mmengine import registry as mm
from mmengine.registry import Registry

REGISTRIES: list[Registry] = []
"""The project's own; each enters itself."""


def candidates(name: str) -> list[tuple[str, Any]]:
    """``(family, component)`` for each registry that knows ``name``, ours before mmengine's."""
    bare = name.split(".")[-1] if name.split(".")[0] in ("aucgan", "mmengine") else name
    ours = [(r.name, r.module_dict[bare]) for r in _imported(REGISTRIES) if bare in r.module_dict]
    return ours or [(r.name, r.module_dict[bare]) for r in _mmengine_registries() if bare in r.module_dict]


def known_type_names(family: str | None = None) -> set[str]:
    """All names that ``type`` may have, or those of one family."""
    registries = [*_imported(REGISTRIES), *_mmengine_registries()]
    return {name for registry in registries if family in (None, registry.name) for name in registry.module_dict}


def _mmengine_registries() -> list[Registry]:
    return _imported([value for value in vars(mm).values() if isinstance(value, Registry)])


def _imported(registries: list[Registry]) -> list[Registry]:
    """The same, with all their components imported."""
    for registry in registries:
        registry.import_from_location()
    return registries
