"""Who somebody's skin is: what all relief of a person is drawn from."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.datasets.procedural.relief.marks import Mark, draw_marks
from aucgan.datasets.procedural.relief.wrinkle_code import WrinkleTraits

PROCESSES: tuple[str, ...] = ("strokes", "mechanics", "mixed")
"""How skin folds: lines along anatomical paths; folds where the mesh is compressed; one here and the other there."""
TRAINED_ON: dict[str, tuple[str, ...]] = {"strokes": ("strokes",), "both": ("strokes", "mechanics")}
"""What a data set may be asked for → by which processes the skins fold that training sees."""
STRANGE: dict[str, str] = {"strokes": "mechanics", "both": "mixed"}
"""The same → the process of the strangers, which training cannot have seen."""


def folding(wrinkles: str, strange: bool, rng: np.random.Generator) -> str:
    """Draw how a person's skin folds.

    Args:
        wrinkles: A key of :data:`TRAINED_ON`.
        strange: For the strangers, rather than for the splits at home.
        rng: The person's source of randomness.

    Raises:
        ValueError: ``wrinkles`` is unknown.
    """
    if wrinkles not in TRAINED_ON:
        raise ValueError(f"wrinkles must be one of {', '.join(TRAINED_ON)}, not '{wrinkles}'")
    return STRANGE[wrinkles] if strange else str(rng.choice(TRAINED_ON[wrinkles]))


@dataclass(frozen=True)
class PersonSkin:
    """What the relief of one person is drawn from.

    Attributes:
        code: Wrinkle code, see :data:`~aucgan.datasets.procedural.relief.wrinkle_code.WRINKLE_TRAITS`.
        seed: Of the person's lines, pores and marks.
        process: One of :data:`PROCESSES`.
    """

    code: np.ndarray
    seed: tuple[int, ...]
    process: str = "strokes"

    def __post_init__(self) -> None:
        if self.process not in PROCESSES:
            raise ValueError(f"skin folds by {', '.join(PROCESSES)}, not by '{self.process}'")

    def marks(self) -> list[Mark]:
        """The person's moles and scars."""
        return draw_marks(WrinkleTraits.from_code(self.code).numbers(), self.source(2))

    def source(self, number: int) -> np.random.Generator:
        """An own source of randomness for one part of the relief."""
        return np.random.default_rng((*self.seed, number))
