"""The catalogue of all components as a page of Markdown."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from aucgan.engine.catalogue.catalogue import RegisteredComponent, catalogue
from aucgan.engine.catalogue.network_size import NetworkSize, network_size
from aucgan.engine.config.config_file import load_config
from aucgan.evaluation.statistics.table import markdown_table

SHOWN_CONFIGS = 2
HEADINGS = {"au": "Action-unit networks"}
INTRODUCTION = """# Components

Every component by the name that a config gives as its `type`. Networks are listed at their published sizes (the
defaults of their arguments): shapes of one sample, parameters, and operations of one pass through matrix products,
convolutions and attention. `python tools/list_components.py --markdown > docs/components.md` makes this page."""

Row = dict[str, str]


def components_page(configs: Iterable[Path]) -> str:
    """The page.

    Args:
        configs: The config files whose use of the components is told.
    """
    users = component_users(configs)
    parts = [INTRODUCTION]
    for family, components in catalogue().items():
        parts.append(f"## {family.replace('_', ' ').capitalize()}")
        for package, members in _by_package(family, components).items():
            parts += [f"### {HEADINGS.get(package, package.replace('_', ' ').capitalize())}"] if package else []
            parts.append(markdown_table(_rows(family, members, users)))
    return "\n\n".join(parts) + "\n"


def component_users(configs: Iterable[Path]) -> dict[str, list[str]]:
    """Name of a component → stems of the configs that name it, the shortest first."""
    users: dict[str, set[str]] = {}
    for path in configs:
        for name in _type_names(load_config(path).to_dict()):
            users.setdefault(name, set()).add(path.stem)
    return {name: sorted(stems, key=lambda stem: (len(stem), stem)) for name, stems in users.items()}


def _type_names(node: Any) -> Iterator[str]:
    """Every ``type`` and ``constructor`` in nested settings."""
    if isinstance(node, dict):
        yield from (node[key] for key in ("type", "constructor") if isinstance(node.get(key), str))
        node = node.values()
    if not isinstance(node, str):
        for child in node if isinstance(node, Iterable) else ():
            yield from _type_names(child)


def _by_package(family: str, components: Sequence[RegisteredComponent]) -> dict[str, list[RegisteredComponent]]:
    """The models by their package, everything else as one."""
    groups: dict[str, list[RegisteredComponent]] = {}
    for component in components:
        package = component.target.__module__.split(".")[2] if family == "models" else ""
        groups.setdefault(package, []).append(component)
    return dict(sorted(groups.items()))


def _rows(family: str, components: Sequence[RegisteredComponent], users: Mapping[str, Sequence[str]]) -> list[Row]:
    sizes = [network_size(component.target) if family == "models" else None for component in components]
    rows = []
    for component, size in zip(components, sizes, strict=True):
        row = {"component": f"`{component.name}`", "what": _plain(component.summary)}
        if any(sizes):
            row |= _size_cells(size)
        elif family == "losses":
            row["takes"] = ", ".join(component.inputs)
        if any(one.reference for one in components):
            row["reference"] = component.reference
        rows.append(row | {"configs": _configs(users.get(component.name, ()))})
    return rows


def _plain(summary: str) -> str:
    """A summary as Markdown, without pointers into the code and numbers of references."""
    summary = re.sub(r"; see :\w+:`[^`]*`|\s*\[\d+\]", "", summary)
    return re.sub(r":\w+:(`[^`]*`)", r"\1", summary).replace("``", "`")


def _size_cells(size: NetworkSize | None) -> Row:
    if size is None:
        return {"in": "", "out": "", "parameters": "", "GFLOP": ""}
    return {
        "in": ", ".join(f"{name} {_shape(shape)}" for name, shape in size.inputs.items()),
        "out": ", ".join(_shape(shape) for shape in size.outputs),
        "parameters": f"{size.parameters / 1e6:.2f} M",
        "GFLOP": f"{size.flops / 1e9:#.3g}",
    }


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape[1:])) or "1"


def _configs(stems: Sequence[str]) -> str:
    more = len(stems) - SHOWN_CONFIGS
    return ", ".join(stems[:SHOWN_CONFIGS]) + (f" and {more} more" if more > 0 else "")
