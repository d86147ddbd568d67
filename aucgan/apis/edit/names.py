"""Names that an edit may use, in any spelling."""

from __future__ import annotations

import re
from collections.abc import Mapping

from aucgan.action_units import AU_NAMES, MAIN_AUS
from aucgan.arkit import arkit_name
from aucgan.building.nearest import nearest
from aucgan.expression import TWO_SHAPES
from aucgan.heads.arkit import ARKIT_NAMES

EDIT_NAMES: tuple[str, ...] = AU_NAMES + ARKIT_NAMES
"""The action units, then ARKit's shapes."""
_UNIT = re.compile(r"au([lr]?)0*(\d+)(l|r|_l|_r|left|right)?", re.IGNORECASE)


def edit_name(spelling: str) -> str:
    """The name that is meant.

    ``AU12``, ``au12``; ``AUL12``, ``AU12L``, ``AU12_L`` and ``AU12Left``; ARKit's names as
    :func:`aucgan.arkit.arkit_name` reads them. The side of a unit without sides among the 41 labels is its ARKit shape,
    where it has one: ``AU5L`` is ``eyeWideLeft``.

    Returns:
        One of :data:`EDIT_NAMES`.

    Raises:
        ValueError: It is none; the message names the nearest.
    """
    name = _unit_name(spelling) or arkit_name(spelling)
    if name not in EDIT_NAMES:
        raise ValueError(f"'{spelling}' is neither an action unit nor an ARKit shape{_hint(spelling)}")
    return name


def edit_values(values: Mapping[str, float], add: bool = False) -> dict[str, float]:
    """Values under their names.

    Args:
        values: By name in any spelling.
        add: They are differences, in [-1, 1], and not intensities, in [0, 1].

    Raises:
        ValueError: A name is unknown or given twice, or a value is out of range.
    """
    named: dict[str, float] = {}
    low = -1.0 if add else 0.0
    for spelling, value in values.items():
        name = edit_name(spelling)
        if name in named:
            raise ValueError(f"{name} is given twice: {', '.join(key for key in values if edit_name(key) == name)}")
        if not low <= float(value) <= 1.0:
            what = "a difference is in [-1, 1]" if add else "an intensity is in [0, 1]"
            raise ValueError(f"{spelling} is {float(value):g}: {what}")
        named[name] = float(value)
    return named


def _unit_name(spelling: str) -> str | None:
    found = _UNIT.fullmatch(spelling)
    if found is None or bool(found[1]) and bool(found[3]):
        return None
    number, side = int(found[2]), (found[1] or (found[3] or "").strip("_"))[:1].upper()
    name = f"AU{side}{number}"
    if name not in AU_NAMES and side and number in TWO_SHAPES:
        return f"{TWO_SHAPES[number]}{'Left' if side == 'L' else 'Right'}"
    return name if name in AU_NAMES else None


def _hint(spelling: str) -> str:
    """The nearest name, whatever the case, or the numbers that there are."""
    if re.fullmatch(r"au[lr]?\d+\w*", spelling, re.IGNORECASE):
        found = re.search(r"\d+", spelling)
        number = min(MAIN_AUS, key=lambda au: abs(au - int(found[0]))) if found else 1
        return f"; did you mean 'AU{number}'? There are {', '.join(f'AU{au}' for au in MAIN_AUS)}"
    by_case = {name.lower(): name for name in EDIT_NAMES}
    hint = nearest(spelling.lower(), by_case)
    return hint if not hint.startswith("; did") else f"; did you mean '{by_case[hint.split(chr(39))[1]]}'?"
