"""What differs between the skins of two people, as a short code of standard normal numbers."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr

WRINKLE_TRAITS: tuple[str, ...] = (
    "age",
    "expressivity",
    "softness",
    "forehead_spacing",
    "forehead_phase",
    "waviness",
    "glabella_spread",
    "lopsidedness",
    "crow_spread",
    "crow_phase",
    "fold_offset",
    "fold_bow",
    "lip_phase",
    "dimples",
    "roughness",
    "grain",
)
"""Meaning of the numbers of a wrinkle code; each is N(0, 1) over the population."""

N_WRINKLE = len(WRINKLE_TRAITS)
TRAIT_LIMIT = 2.2
"""Codes are clipped here: beyond it patterns would leave their region of the face."""
LOPSIDED = 0.35
"""How far the traits of the two halves of a face differ, in standard deviations."""


@dataclass(frozen=True)
class WrinkleTraits:
    """One person's traits for one half of the face, clipped; ``age`` in [0, 1], the others signed.

    The fields are those of :data:`WRINKLE_TRAITS`; ``side`` is +1 on the person's left, −1 on the right.
    """

    age: float
    expressivity: float
    softness: float
    forehead_spacing: float
    forehead_phase: float
    waviness: float
    glabella_spread: float
    lopsidedness: float
    crow_spread: float
    crow_phase: float
    fold_offset: float
    fold_bow: float
    lip_phase: float
    dimples: float
    roughness: float
    grain: float
    side: int = 1

    @classmethod
    def from_code(cls, code: np.ndarray) -> WrinkleTraits:
        """Read a code ``(N_WRINKLE,)``.

        Raises:
            ValueError: The code has another length.
        """
        if code.shape != (N_WRINKLE,):
            raise ValueError(f"a wrinkle code has {N_WRINKLE} numbers ({', '.join(WRINKLE_TRAITS)}), got {code.shape}")
        values = dict(zip(WRINKLE_TRAITS, np.clip(code, -TRAIT_LIMIT, TRAIT_LIMIT).tolist(), strict=True))
        return cls(**(values | {"age": float(ndtr(code[0]))}))

    def half(self, side: int) -> WrinkleTraits:
        """The traits of one half of the face: the position-like ones differ a little with ``lopsidedness``."""
        shift = LOPSIDED * self.lopsidedness * side
        moved = ("forehead_phase", "glabella_spread", "crow_spread", "crow_phase", "fold_offset", "fold_bow")
        return replace(self, side=side, **{name: getattr(self, name) + shift for name in moved})

    @property
    def strength(self) -> float:
        """Factor on the depth of expressive wrinkles: older and more expressive skin folds deeper."""
        return (0.92 + 0.45 * self.age) * (1.0 + 0.08 * self.expressivity)

    @property
    def width(self) -> float:
        """Factor on the width of all furrows."""
        return 1.0 + 0.08 * self.softness
