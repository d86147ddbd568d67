"""The three languages of expression: action units (psychologists), ARKit weights (animators), codes (networks).

``docs/expression.md`` has the table, and what comes back where it is not one to one.
"""

from __future__ import annotations

from collections.abc import Mapping

from aucgan.action_units import AU_NAMES, SIDED_AUS
from aucgan.arkit import LIPS_PART, NO_SHAPE, PARTING, check_names, checked_weight, named_weights
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.expression_codes import ExpressionCodes, arkit_to_codes, codes_to_arkit

__all__ = ["ExpressionCodes", "arkit_to_aus", "arkit_to_codes", "aus_to_arkit", "codes_to_arkit"]

TWO_SHAPES: dict[int, str] = {
    2: "browOuterUp",
    4: "browDown",
    5: "eyeWide",
    6: "cheekSquint",
    7: "eyeSquint",
    9: "noseSneer",
    10: "mouthUpperUp",
    12: "mouthSmile",
    14: "mouthDimple",
    15: "mouthFrown",
    16: "mouthLowerDown",
    20: "mouthStretch",
    24: "mouthPress",
}
"""Units with a left and a right shape: their names without ``Left`` and ``Right``."""

ONE_SHAPE: dict[int, str] = {
    1: "browInnerUp",
    17: "mouthShrugLower",
    18: "mouthPucker",
    19: "tongueOut",
    22: "mouthFunnel",
    32: "mouthRollLower",
}
"""Units with one shape for both sides."""

SHRUG_UPPER = 0.5
"""How much AU17 pushes the upper lip: ``mouthShrugUpper`` per ``mouthShrugLower``."""
JAW_DROP = 0.5
"""``jawOpen`` at which AU26 is full and AU27 begins."""


def aus_to_arkit(aus: Mapping[str, float]) -> dict[str, float]:
    """ARKit weights that show some action units.

    Where a unit has sides, its left and right intensities count; if both are 0 or absent, the main one acts on both.

    Args:
        aus: Intensities in [0, 1] by names of :data:`aucgan.action_units.AU_NAMES`; absent ones are 0.

    Returns:
        Weights in [0, 1] of all 52 shapes, then of units without a shape (AU11, 13, 23, 38, 39) that are not 0.

    Raises:
        ValueError: A name is unknown or a value out of range.
    """
    check_names(aus, AU_NAMES, "action unit")
    values = {name: checked_weight(name, aus.get(name, 0.0)) for name in AU_NAMES}
    weights = dict.fromkeys(ARKIT_NAMES, 0.0)
    for au, shape in TWO_SHAPES.items():
        weights[f"{shape}Left"], weights[f"{shape}Right"] = _sides(values, au)
    for au, shape in ONE_SHAPE.items():
        weights[shape] = max(_sides(values, au))
    weights["mouthShrugUpper"] = SHRUG_UPPER * values["AU17"]
    for shape in PARTING:
        weights[shape] = max(weights[shape], LIPS_PART * values["AU25"])
    weights["jawOpen"] = 1.0 - (1.0 - JAW_DROP * values["AU26"]) * (1.0 - values["AU27"])
    return weights | {unit: values[unit] for unit in NO_SHAPE if values[unit] > 0}


def arkit_to_aus(weights: Mapping[str, float]) -> dict[str, float]:
    """Action units that ARKit weights show.

    Args:
        weights: In [0, 1] by the shapes' names in any spelling (``mouthSmileLeft``, ``mouthSmile_L``,
            ``MouthSmileLeft``), and those of units without a shape by the unit's name; absent ones are 0.

    Returns:
        Intensities in [0, 1] of all 41 labels; a main unit is as strong as its stronger side.

    Raises:
        ValueError: A name is unknown or a value out of range.
    """
    shapes = named_weights(weights)
    aus = dict.fromkeys(AU_NAMES, 0.0)
    for au, shape in TWO_SHAPES.items():
        _set(aus, au, shapes[f"{shape}Left"], shapes[f"{shape}Right"])
    for au, shape in ONE_SHAPE.items():
        _set(aus, au, shapes[shape], shapes[shape])
    aus |= {unit: shapes.get(unit, 0.0) for unit in NO_SHAPE}
    aus["AU25"] = min(min(shapes[shape] for shape in PARTING) / LIPS_PART, 1.0)
    aus["AU26"] = min(shapes["jawOpen"] / JAW_DROP, 1.0)
    aus["AU27"] = max(shapes["jawOpen"] - JAW_DROP, 0.0) / (1.0 - JAW_DROP)
    return aus


def _sides(values: Mapping[str, float], au: int) -> tuple[float, float]:
    """Left and right intensity of a unit."""
    left, right = values.get(f"AUL{au}", 0.0), values.get(f"AUR{au}", 0.0)
    whole = values[f"AU{au}"]
    return (left, right) if left or right else (whole, whole)


def _set(aus: dict[str, float], au: int, left: float, right: float) -> None:
    aus[f"AU{au}"] = max(left, right)
    if au in SIDED_AUS:
        aus[f"AUL{au}"], aus[f"AUR{au}"] = left, right
