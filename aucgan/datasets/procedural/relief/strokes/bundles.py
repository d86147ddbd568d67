"""What a bundle of lines is: where they may run, who folds them, and between which bounds people differ."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

MM = 0.001
Points = tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class Bundle:
    """Lines that the same muscles fold; they run between two border curves, from their first points to their last.

    Lengths are millimetres on the reference adult, on the person's left (x > 0) where there are two sides; depths and
    widths are those of the skin.

    Attributes:
        drivers: FACS number → share of the full fold that the unit alone reaches.
        first: Control points of one border.
        last: Those of the other, as many.
        lines: How many lines most people have; a person has any number from ``least`` to ``most``.
        depth: Between which bounds the lines' depths lie.
        width: The same of their half widths: where a furrow meets the level of the skin.
        rest: Share of the full depth that stays at rest where a skin is lined all over, and in everybody.
        length: Between which shares of the whole path their lengths lie.
        middle: One bundle across the midline, rather than one on either side.
        swelling: Height of the skin that is pushed together under the bundle at the full fold.
        least: Fewest lines.
        most: Most lines.
    """

    drivers: dict[int, float]
    first: Points
    last: Points
    lines: float
    depth: tuple[float, float]
    width: tuple[float, float] = (1.5, 2.4)
    rest: tuple[float, float] = (0.5, 0.0)
    length: tuple[float, float] = (0.45, 1.0)
    middle: bool = False
    swelling: float = 0.15
    least: int = 0
    most: int = 6

    def borders(self) -> np.ndarray:
        """Both border curves, ``(2, n, 2)`` metres."""
        return np.array([self.first, self.last], dtype=np.float64) * MM
