"""An expression by name that can be changed unit by unit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from aucgan.apis.edit.names import EDIT_NAMES, edit_values
from aucgan.arkit import LIPS_PART, NO_SHAPE, PARTING
from aucgan.expression import (
    ONE_SHAPE,
    SHRUG_UPPER,
    TWO_SHAPES,
    ExpressionCodes,
    arkit_to_aus,
    arkit_to_codes,
    aus_to_arkit,
    codes_to_arkit,
)
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.head import Head

PARTED = "AU25"
"""The column of heads that part the lips by one of their own; :mod:`aucgan.expression` reads it and never sets it."""
JAW = ("AU26", "AU27")
SIDES = {"L": "Left", "R": "Right"}


@dataclass(frozen=True)
class NamedExpression:
    """What a face shows.

    Attributes:
        weights: In [0, 1] by the names of ARKit's 52 shapes, then of units without a shape
            (:data:`aucgan.arkit.NO_SHAPE`), 57 in all.
        parted: In [0, 1]: how far a column of the head's own parts the lips, beside ``weights``.
    """

    weights: Mapping[str, float]
    parted: float = 0.0

    @classmethod
    def of(cls, fitted: FittedFaces, index: int = 0) -> NamedExpression:
        """What one of some fitted faces shows."""
        exp, parted = fitted.expression[index].numpy().copy(), 0.0
        column = parted_column(fitted.head)
        if column is not None:
            parted, exp[column] = float(np.clip(exp[column], 0.0, 1.0)), 0.0
        weights = codes_to_arkit(ExpressionCodes(exp, fitted.jaw_pose[index].numpy()), fitted.head)
        return cls(_complete(weights), parted)

    @classmethod
    def named(cls, values: Mapping[str, float]) -> NamedExpression:
        """A face at rest but for some units and shapes, by names in any spelling."""
        return cls(_complete({})).changed(values)

    @cached_property
    def shapes(self) -> dict[str, float]:
        """All that :func:`aucgan.expression.codes_to_arkit` gives: 52 shapes, then units without one that are not 0."""
        seen = {name: self.weights[name] for name in ARKIT_NAMES}
        seen |= {name: max(seen[name], LIPS_PART * self.parted) for name in PARTING}
        return seen | {unit: self.weights[unit] for unit in NO_SHAPE if self.weights[unit] > 0}

    @property
    def arkit(self) -> dict[str, float]:
        """ARKit's 52 weights by name."""
        return {name: self.shapes[name] for name in ARKIT_NAMES}

    @cached_property
    def aus(self) -> dict[str, float]:
        """The 41 intensities by name."""
        return arkit_to_aus(self.shapes)

    def changed(self, values: Mapping[str, float], add: bool = False) -> NamedExpression:
        """The expression with some units and shapes changed; all else stays.

        A main unit takes both its sides along by as much as it changes itself, so that a crooked smile stays crooked; a
        side changes alone. Where both are given, the side has the last word; shapes have it over units.

        Args:
            values: By names in any spelling (:func:`~aucgan.apis.edit.names.edit_name`).
            add: They are added to what there is, and the sum is clipped to [0, 1]; else they are set.

        Raises:
            ValueError: A name is unknown or given twice, or a value is out of range.
        """
        named, own = edit_values(values, add), {**self.aus, **self.shapes}
        wanted = {name: _clipped(own[name] + value) if add else value for name, value in named.items()}
        change = _Change(dict(self.weights), self.parted, own, wanted)
        change.lips_close()
        for name in (name for name in EDIT_NAMES if name in wanted):
            change.set(name)
        change.lips_part()
        change.jaw()
        return replace(self, weights=change.weights, parted=change.parted)

    def mixed(self, other: NamedExpression, share: float) -> NamedExpression:
        """Between this one (share 0) and another (share 1)."""
        weights = {name: (1 - share) * value + share * other.weights[name] for name, value in self.weights.items()}
        return NamedExpression(weights, (1 - share) * self.parted + share * other.parted)

    def codes_from(self, own: NamedExpression, head: Head) -> ExpressionCodes:
        """What has to be added to codes that show ``own`` so that they show this.

        Returns:
            Differences of the expression's coefficients ``(n_exp,)`` and of the jaw's rotation ``(3,)``, radians;
            exactly 0 where nothing changes.
        """
        wanted, start = (arkit_to_codes(one.weights, head) for one in (self, own))
        exp, column = wanted.exp - start.exp, parted_column(head)
        if column is not None:
            exp[column] += np.float32(self.parted - own.parted)
        return ExpressionCodes(exp, wanted.jaw_pose - start.jaw_pose)


def parted_column(head: Head) -> int | None:
    """The number of the expression column that parts the lips by itself, where the head has one."""
    return head.expression_names.index(PARTED) if PARTED in head.expression_names else None


def _complete(weights: Mapping[str, float]) -> dict[str, float]:
    return {name: float(weights.get(name, 0.0)) for name in (*ARKIT_NAMES, *NO_SHAPE)}


def _clipped(value: float) -> float:
    return min(max(value, 0.0), 1.0)


@dataclass
class _Change:
    """An expression on its way to another.

    Attributes:
        weights: As they are by now.
        parted: Likewise.
        own: Intensities of units and weights of shapes as they were, by name.
        wanted: Those that are to be set.
    """

    weights: dict[str, float]
    parted: float
    own: Mapping[str, float]
    wanted: Mapping[str, float]

    def set(self, name: str) -> None:
        """Set a shape or a unit that has shapes of its own."""
        to = self.wanted[name]
        if name in ARKIT_NAMES:
            self._set_shape(name, to)
        elif name in NO_SHAPE:
            self.weights[name] = to
        elif (number := int(name.lstrip("AULR"))) in TWO_SHAPES:
            self._set_pair(TWO_SHAPES[number], name[2], to, to - self.own[name])
        elif number in ONE_SHAPE:
            sides = [self.wanted[side] for side in (f"AUL{number}", f"AUR{number}") if side in self.wanted]
            self._set_shape(ONE_SHAPE[number], max(sides, default=to))
            if name == "AU17":
                raised = self.own["mouthShrugUpper"] + SHRUG_UPPER * (to - self.own[name])
                self._set_shape("mouthShrugUpper", _clipped(raised))

    def lips_close(self) -> None:
        """Take away what parts the lips, where AU25 shall be less."""
        if self.wanted.get(PARTED, 1.0) < self.own[PARTED]:
            self.parted = min(self.parted, self.wanted[PARTED])
            for name in PARTING:
                self.weights[name] = min(self.weights[name], LIPS_PART * self.wanted[PARTED])

    def lips_part(self) -> None:
        """Part the lips as far as AU25 says, at least."""
        if self.wanted.get(PARTED, self.own[PARTED]) != self.own[PARTED]:
            for name in PARTING:
                self.weights[name] = max(self.weights[name], LIPS_PART * self.wanted[PARTED])

    def jaw(self) -> None:
        """AU27 begins where AU26 is full: it takes AU26 along, and a smaller AU26 takes it away.

        Where both are given, both count as in the table; the shape has the last word.
        """
        drop, stretch = (self.wanted.get(name, self.own[name]) for name in JAW)
        if (drop, stretch) == (self.own["AU26"], self.own["AU27"]) or "jawOpen" in self.wanted:
            return
        if "AU27" not in self.wanted and drop < self.own["AU26"]:
            stretch = 0.0
        if "AU26" not in self.wanted and stretch > 0:
            drop = 1.0
        self.weights["jawOpen"] = aus_to_arkit({"AU26": drop, "AU27": stretch})["jawOpen"]

    def _set_pair(self, shape: str, side: str, to: float, by: float) -> None:
        if side in SIDES:
            self._set_shape(f"{shape}{SIDES[side]}", to)
        else:
            for end in SIDES.values():
                self._set_shape(f"{shape}{end}", _clipped(self.own[f"{shape}{end}"] + by))

    def _set_shape(self, name: str, to: float) -> None:
        shown = max(self.weights[name], LIPS_PART * self.parted if name in PARTING else 0.0)
        if to != shown:
            self.weights[name] = to
