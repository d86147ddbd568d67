"""What is wrong with the config of a component."""

from __future__ import annotations

from typing import Any

from aucgan.building.nearest import nearest
from aucgan.building.signatures import accepted_arguments, wrong_kind
from aucgan.building.type_names import candidates, known_type_names

# What the engine takes out of a component's settings before building it.
EXTRA_KEYS = {"loss": {"weight"}, "hook": {"priority"}, "optim_wrapper": {"constructor", "paramwise_cfg", "modules"}}
SCHEDULER_KEYS = {"convert_to_iter_based"}


def component_problem(node: Any, place: str = "", family: str | None = None) -> str | None:
    """What is wrong with the name or the arguments of a component, with the nearest valid name.

    Args:
        node: Its config.
        place: Where the config stands, for the message.
        family: Name of the registry that it has to be in; ``None``: any.
    """
    name = node.get("type") if isinstance(node, dict) else None
    if not isinstance(name, str):
        return None
    known = candidates(name)
    found = [(kind, component) for kind, component in known if family in (None, kind)]
    if not found:
        hint = nearest(name, known_type_names(family)) or "; tools/list_components.py prints the names"
        other = f", but a {known[0][0]}" if known else hint
        return _at(place, ".type: ") + f"there is no {family or 'component'} '{name}'{other}"
    problems = [_argument_problem(place, node, kind, component) for kind, component in found]
    return problems[0] if all(problems) else None


def _at(place: str, end: str) -> str:
    return place + end if place else ""


def _argument_problem(place: str, node: dict, family: str, component: Any) -> str | None:
    accepted = accepted_arguments(component)
    if accepted is None:
        return None
    extra = {"type", "_scope_"} | EXTRA_KEYS.get(family, set())
    extra |= SCHEDULER_KEYS if family == "parameter scheduler" else set()
    for key, value in node.items():
        if key in extra:
            continue
        if key not in accepted:
            hint = nearest(key, set(accepted) - {"self"})
            return _at(place, ": ") + f"{node['type']} has no argument '{key}'{hint}"
        kind = wrong_kind(accepted[key], value)
        if kind:
            return _at(place, ".") + f"{key}: {value!r} is {type(value).__name__}, but {node['type']} takes {kind}"
    return None
