"""Expression codes of heads whose columns have no names, through the dense landmarks of a head whose columns have.

Both heads' neutral points are registered by a similarity. What a shape does to the points of the named head is then to
be done to those of the nameless one: by least squares in one direction, with weights within [0, 1] in the other.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
from scipy.optimize import lsq_linear

from aucgan.arkit import NO_SHAPE
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.dense_motion import dense_points
from aucgan.heads.head import Head

JAW_STEP = 0.2
"""Radians that the jaw is turned by to see how it moves the points; half of an open mouth."""
RIDGE = 4.0
"""Weight of squared coefficients and ARKit weights against the points' squared distances, mm²: as much as a tenth of a
millimetre at every point, so that columns that hardly move the points stay out of it."""
GAZE = "eyeLook"
"""Shapes that are left out: the points see the lids follow, not the eye."""
SHOWN = 1e-4
"""Weights below this are 0."""


@dataclass(frozen=True)
class NamelessSpace:
    """The link between a nameless head and the names.

    Attributes:
        names: Shapes and units of the named head, K of them.
        shapes: What each does to the points, in the nameless head's frame, millimetres, ``(3 · 468, K)``.
        motion: What each coefficient does to them, and, last, the jaw's rotation about x per radian,
            ``(3 · 468, n + 1)``.
        solution: Coefficients per weight, ``(n + 1, K)``.
    """

    names: tuple[str, ...]
    shapes: np.ndarray
    motion: np.ndarray
    solution: np.ndarray

    def to_codes(self, weights: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
        """Expression code ``(n,)`` and jaw rotation ``(3,)``, float32, that show weights by name."""
        codes = self.solution @ np.array([weights.get(name, 0.0) for name in self.names])
        return codes[:-1].astype(np.float32), np.array([codes[-1], 0.0, 0.0], np.float32)

    def to_weights(self, exp: np.ndarray, jaw: np.ndarray) -> dict[str, float]:
        """Weights by name that move the points most nearly as a code ``(m ≤ n,)`` and a jaw rotation ``(3,)`` do."""
        codes = np.zeros(self.motion.shape[1])
        codes[: len(exp)], codes[-1] = exp, jaw[0]
        count = len(self.names)
        system = np.concatenate([self.shapes, np.sqrt(RIDGE) * np.eye(count)])
        target = np.concatenate([self.motion @ codes, np.zeros(count)])
        found = lsq_linear(system, target, bounds=(0.0, 1.0)).x
        values = {name: float(value) if value > SHOWN else 0.0 for name, value in zip(self.names, found, strict=True)}
        weights = {name: values.get(name, 0.0) for name in ARKIT_NAMES}
        return weights | {unit: values[unit] for unit in NO_SHAPE if values.get(unit, 0.0) > 0}


def nameless_space(
    head: Head, named: Head, codes_of: Callable[[dict[str, float]], tuple[np.ndarray, np.ndarray]]
) -> NamelessSpace:
    """Link a nameless head to a named one.

    Args:
        head: The nameless head.
        named: A head whose columns have names.
        codes_of: From weights by name to expression code and jaw rotation of the named head.

    Raises:
        ValueError: One of them has no dense landmarks.
    """
    count = len(head.expression_names)
    rest, named_rest = dense_points(head), dense_points(named)
    turn = _registration(named_rest, rest)
    names, moves = [], []
    for name in (name for name in (*ARKIT_NAMES, *NO_SHAPE) if not name.startswith(GAZE)):
        moved = dense_points(named, *codes_of({name: 1.0})) - named_rest
        if np.abs(moved).max() > 1e-6:
            names.append(name)
            moves.append(1e3 * moved @ turn.T)
    steps = [1e3 * (dense_points(head, row) - rest) for row in np.eye(count)]
    steps.append(1e3 * (dense_points(head, None, np.array([JAW_STEP, 0.0, 0.0])) - rest) / JAW_STEP)
    shapes, motion = (np.stack(fields).reshape(len(fields), -1).T for fields in (moves, steps))
    gram = motion.T @ motion + RIDGE * np.eye(count + 1)
    return NamelessSpace(tuple(names), shapes, motion, np.linalg.solve(gram, motion.T @ shapes))


def _registration(source: np.ndarray, target: np.ndarray) -> np.ndarray:
    """Scale times rotation ``(3, 3)`` of the similarity that brings points ``(N, 3)`` nearest to others."""
    a, b = source - source.mean(0), target - target.mean(0)
    u, singular, vt = np.linalg.svd(b.T @ a)
    flip = np.array([1.0, 1.0, np.sign(np.linalg.det(u @ vt))])
    return (singular * flip).sum() / (a**2).sum() * (u * flip) @ vt
