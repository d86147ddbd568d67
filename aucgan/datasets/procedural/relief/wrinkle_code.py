"""What a person's skin is like, as a short code; the lines themselves are drawn from a seed."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
from scipy.special import ndtr

WRINKLE_TRAITS: tuple[str, ...] = ("age", "lined", "depth", "width", "breaks", "lopsided", "pores", "marks")
"""Meaning of the numbers of a wrinkle code; each is N(0, 1) over the population."""

N_WRINKLE = len(WRINKLE_TRAITS)
TRAIT_LIMIT = 2.2
"""Codes are clipped here."""


@dataclass(frozen=True)
class WrinkleTraits:
    """One person's skin; ``age`` in [0, 1] of adult life, the others factors of about 1.

    Attributes:
        age: 0 is twenty, 1 is eighty.
        lined: How much of a fold stays at rest, 0 to 1.6 (1 is a skin lined all over): it grows with age, but differs
            more between people of one age than between ages.
        depth: Factor on the depth of what expressions fold.
        width: Factor on the width of lines and the distance between folds.
        breaks: Factor on how often lines are interrupted.
        lopsided: Factor on how far the halves of the face differ.
        pores: Factor on the depth of pores.
        marks: Factor on the number of moles and scars.
    """

    age: float
    lined: float
    depth: float
    width: float
    breaks: float
    lopsided: float
    pores: float
    marks: float

    @classmethod
    def from_code(cls, code: np.ndarray) -> WrinkleTraits:
        """Read a code ``(N_WRINKLE,)``.

        Raises:
            ValueError: The code has another length.
        """
        if code.shape != (N_WRINKLE,):
            raise ValueError(f"a wrinkle code has {N_WRINKLE} numbers ({', '.join(WRINKLE_TRAITS)}), got {code.shape}")
        number = dict(zip(WRINKLE_TRAITS, np.clip(code, -TRAIT_LIMIT, TRAIT_LIMIT).tolist(), strict=True))
        age = float(ndtr(number["age"]))
        return cls(
            age=age,
            lined=min((0.12 + 1.35 * age**1.5) * float(np.exp(0.8 * number["lined"])), 1.6),
            depth=(1.2 + 1.35 * age) * float(np.exp(0.35 * number["depth"])),
            width=(0.9 + 0.2 * age) * float(np.exp(0.15 * number["width"])),
            breaks=float(np.exp(0.5 * number["breaks"])),
            lopsided=float(np.exp(0.5 * number["lopsided"])),
            pores=float(np.exp(0.4 * number["pores"])),
            marks=float(np.exp(0.7 * number["marks"])),
        )

    def numbers(self) -> dict[str, float]:
        """The traits by name."""
        return asdict(self)
