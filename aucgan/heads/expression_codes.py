"""ARKit weights to the expression code and jaw rotation of a head, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from typing import NamedTuple

import numpy as np

from aucgan.arkit import LIPS_PART, NO_SHAPE, PARTING, arkit_name, named_weights, without_side
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.head import Head
from aucgan.heads.nameless_codes import NamelessSpace, nameless_space


class ExpressionCodes(NamedTuple):
    """What moves a head.

    Attributes:
        exp: Expression coefficients, ``(n_exp,)`` float32.
        jaw_pose: Jaw rotation, axis-angle in radians, ``(3,)`` float32.
    """

    exp: np.ndarray
    jaw_pose: np.ndarray


def arkit_to_codes(weights: Mapping[str, float], head: Head) -> ExpressionCodes:
    """The codes of a head that show some ARKit weights.

    Where the head's columns have names, a shape is its column; opening the jaw is the joint's rotation if the head
    says which rotation equals the shape. Where they have none, the codes are those that move the dense landmarks most
    nearly as the default head's shapes do.

    Args:
        weights: In [0, 1] by name in any spelling, and those of units without a shape; absent ones are 0.
        head: What :func:`aucgan.heads.load_head` gives.

    Raises:
        ValueError: A name is unknown or a value out of range; or the head has neither names nor dense landmarks.
    """
    shapes = named_weights(weights)
    if not has_names(head):
        return ExpressionCodes(*_space(head).to_codes(shapes))
    turns = head.jaw_turns
    exp = [0.0 if name in turns else _value(shapes, name, head) for name in head.expression_names]
    jaw = sum((shapes[name] * np.asarray(turn, np.float64) for name, turn in turns.items()), np.zeros(3))
    return ExpressionCodes(np.array(exp, np.float32), jaw.astype(np.float32))


def codes_to_arkit(codes: ExpressionCodes | np.ndarray, head: Head) -> dict[str, float]:
    """The ARKit weights that codes of a head show.

    Args:
        codes: What :func:`arkit_to_codes` gives, or an expression code ``(n,)`` alone; a code shorter than the head's
            columns is that of its first ones.
        head: What :func:`aucgan.heads.load_head` gives.

    Returns:
        Weights of all 52 shapes, clipped to [0, 1], then of units without a shape that are not 0.

    Raises:
        ValueError: The code is longer than the head's columns; or the head has neither names nor dense landmarks.
    """
    exp, jaw = codes if isinstance(codes, tuple) else (codes, np.zeros(3))
    exp, jaw = np.asarray(exp, np.float64).reshape(-1), np.asarray(jaw, np.float64).reshape(3)
    if not has_names(head):
        return _space(head).to_weights(exp, jaw)
    if len(exp) > len(head.expression_names):
        raise ValueError(f"the code has {len(exp)} values, the head {len(head.expression_names)} expression columns")
    found: dict[str, list[float]] = {}
    for name, value in zip(head.expression_names, exp, strict=False):
        whole, side = _meaning(name)
        found.setdefault(whole, [0.0, 0.0, 0.0])[side] = value
    shapes = {name: both + max(left, right) for name, (both, left, right) in found.items()}
    for name, turn in head.jaw_turns.items():
        axis = np.asarray(turn, np.float64)
        shapes[name] = shapes.get(name, 0.0) + float(jaw @ axis / (axis @ axis))
    for name in PARTING:  # a column that parts the lips is at least so much of ARKit's shapes
        shapes[name] = max(shapes.get(name, 0.0), LIPS_PART * shapes.get("AU25", 0.0))
    weights = {name: float(np.clip(shapes.get(name, 0.0), 0.0, 1.0)) for name in ARKIT_NAMES}
    extras = {unit: float(np.clip(shapes.get(unit, 0.0), 0.0, 1.0)) for unit in NO_SHAPE}
    return weights | {unit: value for unit, value in extras.items() if value > 0}


def has_names(head: Head) -> bool:
    """Whether a head's expression columns have ARKit's names."""
    return any(_meaning(name)[0] in ARKIT_NAMES for name in head.expression_names)


REFERENCE = "anny"
"""The head whose shapes say what the names mean on heads without names."""
_last: list[tuple[Head, NamelessSpace]] = []


def _space(head: Head) -> NamelessSpace:
    """The link of a nameless head to the names; that of the last head is kept."""
    if not _last or _last[0][0] is not head:
        named = _reference()
        _last[:] = [(head, nameless_space(head, named, lambda weights: arkit_to_codes(weights, named)))]
    return _last[0][1]


def _reference() -> Head:
    from aucgan.heads import load_head

    return load_head(REFERENCE)


WHOLE, LEFT, RIGHT = 0, 1, 2


@cache
def _meaning(column: str) -> tuple[str, int]:
    """The shape or unit that a column shows, and whether it shows all of it, its left or its right half."""
    unit = re.fullmatch(r"(AU\d+)(Left|Right)?", column)
    if unit:
        return unit[1], {None: WHOLE, "Left": LEFT, "Right": RIGHT}[unit[2]]
    name = arkit_name(column)
    if name is not None:
        return name, WHOLE
    half = without_side(column)
    if half is not None:
        return half, LEFT if column.endswith(("_L", "Left")) else RIGHT
    return column, WHOLE


def _value(shapes: Mapping[str, float], column: str, head: Head) -> float:
    """The coefficient of a column; half columns stand back where the head has the whole one."""
    whole, side = _meaning(column)
    if side != WHOLE and any(_meaning(name) == (whole, WHOLE) for name in head.expression_names):
        return 0.0
    return shapes.get(whole, 0.0)
