"""Which codes of a head are unknowns of a fit, and within which bounds."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from aucgan.arkit import arkit_name
from aucgan.heads.arkit import mirrored_name
from aucgan.heads.dense_motion import JAW
from aucgan.heads.expression_codes import has_names
from aucgan.heads.head import Head

JAW_RANGE = (-0.1, 0.7)
"""Radians that a jaw turns about x where it is an unknown of its own."""
JAW_ANGLE = "jaw angle"
UNBOUNDED = float("inf")


@dataclass(frozen=True)
class Columns:
    """The unknown coefficients of a head.

    Attributes:
        n_identity: The first so many identity columns.
        numbers: Expression columns that are unknowns.
        names: Their names, then :data:`JAW_ANGLE` where the jaw's angle is the last unknown.
        named: Whether the columns are shapes with weights in [0, 1], rather than components of unit deviation.
        jaw_angle: Whether the jaw's angle is an unknown: where no column opens the jaw.
    """

    n_identity: int
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    named: bool
    jaw_angle: bool

    @classmethod
    def of(cls, head: Head, n_identity: int, left_out: Sequence[str]) -> Columns:
        """Choose.

        Args:
            head: The head.
            n_identity: Identity columns; at most those that the head has.
            left_out: Beginnings of the names of shapes that are no unknowns. Of named columns, those that are neither
                ARKit's nor an action unit's are left out, too: they are halves and mixtures of the others.
        """
        named = has_names(head)
        kept = [
            (number, name)
            for number, name in enumerate(head.expression_names)
            if not named or (_has_meaning(name) and not name.startswith(tuple(left_out)))
        ]
        feature = slice(9 * (JAW - 1), 9 * JAW)
        turns = not head.jaw_turns and bool(np.any(head.weights[:, JAW]) or np.any(head.posedirs[..., feature]))
        names = (*(name for _, name in kept), *([JAW_ANGLE] if turns else []))
        return cls(min(n_identity, head.n_identity), tuple(number for number, _ in kept), names, named, turns)

    def of_head(self, head: Head) -> list[int]:
        """Columns of ``head.shapedirs``: identity, then expression without the jaw's angle."""
        return [*range(self.n_identity), *(head.n_identity + number for number in self.numbers)]

    @cached_property
    def bounds(self) -> Tensor:
        """Least and largest value of each expression unknown, ``(2, E)``."""
        one = (0.0, 1.0) if self.named else (-UNBOUNDED, UNBOUNDED)
        rows = [one] * len(self.numbers) + [JAW_RANGE] * self.jaw_angle
        return torch.tensor(rows, dtype=torch.float64).reshape(-1, 2).T

    @cached_property
    def pairs(self) -> Tensor:
        """Left and right unknowns that are each other's mirror images, ``(P, 2)``."""
        found = [
            (index, self.names.index(mirrored_name(name)))
            for index, name in enumerate(self.names)
            if name.endswith("Left") and mirrored_name(name) in self.names and not name.startswith(SIDEWAYS)
        ]
        return torch.tensor(found, dtype=torch.long).reshape(-1, 2)

    def codes(self, expression: Tensor, head: Head) -> tuple[Tensor, Tensor]:
        """Unknowns ``(B, E)`` as an expression code ``(B, all columns)`` and a jaw rotation ``(B, 3)``."""
        code = expression.new_zeros(len(expression), len(head.expression_names))
        code[:, list(self.numbers)] = expression[:, : len(self.numbers)]
        jaw = expression.new_zeros(len(expression), 3)
        for name, turn in head.jaw_turns.items():
            column = head.expression_names.index(name)
            jaw = jaw + code[:, column, None] * torch.tensor(turn, dtype=code.dtype)
            code[:, column] = 0.0
        if self.jaw_angle:
            jaw[:, 0] = expression[:, -1]
        return code, jaw

    def unknowns(self, code: Tensor, jaw: Tensor, head: Head) -> Tensor:
        """The inverse of :meth:`codes`; a code shorter than the head's columns is that of its first ones."""
        code = torch.nn.functional.pad(code, (0, len(head.expression_names) - code.shape[1]))
        for name, turn in head.jaw_turns.items():
            axis = torch.tensor(turn, dtype=code.dtype)
            column = head.expression_names.index(name)
            code[:, column] = code[:, column] + (jaw @ axis / axis.square().sum()).clamp(0, 1)
        chosen = code[:, list(self.numbers)]
        chosen = torch.cat([chosen, jaw[:, :1]], 1) if self.jaw_angle else chosen
        low, high = self.bounds.to(chosen)
        return chosen.clamp(low, high)


def _has_meaning(name: str) -> bool:
    """Whether a column is a whole shape of ARKit or what an action unit does."""
    return arkit_name(name) is not None or re.fullmatch(r"AU\d+(Left|Right)?", name) is not None


SIDEWAYS = ("jaw", "mouthLeft", "mouthRight")
"""Shapes whose left and right exclude each other."""

NO_COLUMNS = Columns(0, (), (), named=True, jaw_angle=False)
"""Where the head's pose alone is unknown."""
