"""Weights named by ARKit's shapes in any spelling: reading and checking them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from difflib import get_close_matches

from aucgan.heads.arkit import ARKIT_NAMES

NO_SHAPE: tuple[str, ...] = ("AU11", "AU13", "AU23", "AU38", "AU39")
"""Action units that no shape shows; they travel beside the 52 under their own names, and heads may have columns for
them."""
LIPS_PART = 0.3
"""Weight of each of :data:`PARTING` that AU25 is: the lips part and the jaw stays."""
PARTING: tuple[str, ...] = ("mouthUpperUpLeft", "mouthUpperUpRight", "mouthLowerDownLeft", "mouthLowerDownRight")
"""The shapes that part the lips."""
TOLERANCE = 1e-6
"""How far outside [0, 1] a weight may lie by rounding."""

_BY_SPELLING = {name.lower(): name for name in ARKIT_NAMES}


def arkit_name(spelling: str) -> str | None:
    """Apple's name of a shape, from ``mouthSmile_L``, ``MouthSmileLeft`` and the like; ``None`` if it is none."""
    return _BY_SPELLING.get(_plain(spelling))


def without_side(spelling: str) -> str | None:
    """Apple's name of a whole shape of which this is the left or the right half (``browInnerUp_L``), else ``None``."""
    plain = _plain(spelling)
    return next(
        (_BY_SPELLING.get(plain.removesuffix(side)) for side in ("left", "right") if plain.endswith(side)), None
    )


def _plain(spelling: str) -> str:
    """Lower case, with the sides written out."""
    sided = re.sub(r"_?([LR])$", lambda side: {"L": "Left", "R": "Right"}[side[1]], spelling)
    return sided.replace("_", "").lower()


def named_weights(weights: Mapping[str, float]) -> dict[str, float]:
    """All 52 weights under Apple's names, and those of units without a shape that are given.

    Raises:
        ValueError: A name is unknown, given twice in two spellings, or a value out of range.
    """
    found = {given: given if given in NO_SHAPE else arkit_name(given) for given in weights}
    check_names([given for given, name in found.items() if name is None], ARKIT_NAMES + NO_SHAPE, "ARKit shape")
    names = {given: name for given, name in found.items() if name is not None}
    shapes = dict.fromkeys(ARKIT_NAMES, 0.0)
    for given, name in names.items():
        if list(names.values()).count(name) > 1:
            raise ValueError(f"{name} is given twice: {', '.join(g for g, n in names.items() if n == name)}")
        shapes[name] = checked_weight(given, weights[given])
    return shapes


def checked_weight(name: str, value: float) -> float:
    """A weight as it is; rounding beyond [0, 1] is taken off.

    Raises:
        ValueError: It is out of range.
    """
    value = float(value)
    if not -TOLERANCE <= value <= 1.0 + TOLERANCE:
        raise ValueError(f"{name} is {value:g}; weights are in [0, 1]")
    return min(max(value, 0.0), 1.0)


def check_names(given: Iterable[str], known: tuple[str, ...], what: str) -> None:
    """Raise ``ValueError`` with the nearest known name for the first that is not known."""
    for name in given:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.5)
            raise ValueError(f"'{name}' is no {what}" + (f"; did you mean '{near[0]}'?" if near else ""))
