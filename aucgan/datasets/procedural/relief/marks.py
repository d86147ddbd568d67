"""Moles and scars: what few square millimetres of one face have and no other."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

MM = 0.001
MOLES, PITS, SCARS = 2.0, 1.5, 0.25
"""How many raised moles, pitted and long scars people have on average."""
PITTED_RATE = 0.08
"""Share of people whose cheeks acne has pitted."""


@dataclass(frozen=True)
class Mark:
    """A small hill or hollow.

    Attributes:
        place: On the reference seen from the front, ``(2,)`` metres.
        radius: Standard deviation across it, metres.
        stretch: How many times longer than wide it is.
        angle: Direction of its length, radians from the x axis.
        height: Metres; negative for a hollow.
    """

    place: np.ndarray
    radius: float
    stretch: float
    angle: float
    height: float


def draw_marks(traits: Mapping[str, float], rng: np.random.Generator) -> list[Mark]:
    """A person's moles (round, raised) and scars.

    Args:
        traits: A person's ``marks`` are used.
        rng: The person's source of randomness.
    """
    many = traits["marks"]
    pits = 30.0 if rng.random() < PITTED_RATE else PITS
    moles = [
        Mark(_place(rng), rng.uniform(0.9, 2.0) * MM, 1.0, 0.0, rng.uniform(0.2, 0.8) * MM)
        for _ in _few(rng, MOLES * many)
    ]
    pitted = [
        Mark(_place(rng), rng.uniform(0.7, 1.5) * MM, 1.0, 0.0, -rng.uniform(0.1, 0.4) * MM)
        for _ in _few(rng, pits * many)
    ]
    scars = [
        Mark(
            _place(rng),
            rng.uniform(0.8, 1.2) * MM,
            rng.uniform(4.0, 9.0),
            rng.uniform(0.0, np.pi),
            -rng.uniform(0.1, 0.35) * MM,
        )
        for _ in _few(rng, SCARS * many)
    ]
    return moles + pitted + scars


def _few(rng: np.random.Generator, mean: float) -> range:
    return range(int(rng.poisson(mean)))


def _place(rng: np.random.Generator) -> np.ndarray:
    """Somewhere on the face; not on the eyes' and the mouth's middle line more often than elsewhere."""
    turn, out = rng.uniform(0.0, 2.0 * np.pi), np.sqrt(rng.uniform(0.0, 1.0))
    return np.array([62.0 * out * np.cos(turn), 5.0 + 85.0 * out * np.sin(turn)]) * MM


class MarkModel:
    """Marks on the texels.

    Args:
        position: Where they lie on the reference, ``(T, 3)`` metres.
        normal: Their unit normals, ``(T, 3)``.
    """

    def __init__(self, position: np.ndarray, normal: np.ndarray) -> None:
        self._position, self._tree = position, cKDTree(position)
        front = np.flatnonzero(normal[:, 2] > 0.15)
        self._front, self._front_tree = front, cKDTree(position[front, :2])

    def relief(self, marks: list[Mark]) -> np.ndarray:
        """The marks' relief, ``(T,)`` float32 metres."""
        relief = np.zeros(len(self._position), dtype=np.float32)
        for mark in marks:
            centre = self._position[self._front[self._front_tree.query(mark.place)[1]]]
            texels = self._tree.query_ball_point(centre, 3.0 * mark.radius * mark.stretch)
            offset = self._position[texels] - centre
            length = np.array([np.cos(mark.angle), np.sin(mark.angle), 0.0])
            along = offset @ length
            squared = (offset**2).sum(1) - along**2 + (along / mark.stretch) ** 2
            relief[texels] += mark.height * np.exp(-0.5 * np.maximum(squared, 0.0) / mark.radius**2)
        return relief
