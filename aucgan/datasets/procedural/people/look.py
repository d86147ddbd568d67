"""What a person looks like beside the shape of the head: drawn once for all photos of the person."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.datasets.procedural.people.hair import draw_hair
from aucgan.datasets.procedural.people.skin_tone import draw_skin, living
from aucgan.datasets.procedural.relief.marks import Mark

N_TONES = 10
AGES = (18.0, 80.0)
"""Ages at the two ends of the skin's ``age`` trait, years."""
BEARDS: dict[str, float] = {"none": 0.42, "stubble": 0.28, "moustache": 0.05, "goatee": 0.08, "full": 0.17}
"""Kinds of beard → share of the men."""
GLASSES: dict[str, float] = {"none": 0.80, "thin": 0.08, "thick": 0.09, "sun": 0.03}
IRISES: dict[str, tuple[float, float, float]] = {
    "brown": (0.20, 0.125, 0.085), "hazel": (0.34, 0.25, 0.14), "green": (0.33, 0.38, 0.27), "blue": (0.36, 0.47, 0.57),
    "gray": (0.42, 0.46, 0.49), "black": (0.085, 0.06, 0.05),
}  # fmt: skip
"""Colours of irises, sRGB."""


@dataclass(frozen=True)
class Look:
    """One person's look; colours are sRGB ``(3,)``, amounts in [0, 1].

    Attributes:
        tone: On the Monk scale, 1 to 10.
        skin: Colour of the skin.
        age: Years.
        woman: Whether hair and make-up are those of women.
        hair: Name of the style, or ``bald``.
        hair_colour: Colour of the hair.
        gray: How gray it is.
        receding: How far the hairline is drawn back, degrees.
        beard: A name of :data:`BEARDS`.
        beard_amount: How dense it is.
        brows: Density of the eyebrows.
        brow_colour: Their colour.
        freckles: Amount.
        moles: Those of the skin's relief, which are brown too.
        spots: Age spots.
        mottle: How uneven the colour of the skin is.
        veins: How much broken vessels show on cheeks and nose.
        lipstick: How much of ``lip_colour`` is on the lips.
        lip_colour: Colour of the lipstick.
        liner: Dark colour on lids and lashes.
        shadow: Colour on the upper lids.
        shadow_colour: Its colour.
        iris: Colour of the irises.
        gloss: Factor on what the skin mirrors.
        glasses: A name of :data:`GLASSES`.
    """

    tone: int
    skin: np.ndarray
    age: float
    woman: bool
    hair: str
    hair_colour: np.ndarray
    gray: float
    receding: float
    beard: str
    beard_amount: float
    brows: float
    brow_colour: np.ndarray
    freckles: float
    moles: tuple[Mark, ...]
    spots: float
    mottle: float
    veins: float
    lipstick: float
    lip_colour: np.ndarray
    liner: float
    shadow: float
    shadow_colour: np.ndarray
    iris: np.ndarray
    gloss: float
    glasses: str

    def attributes(self) -> dict[str, str]:
        """What tables are made by: the columns that ``samples.csv`` has of a person."""
        return {
            "monk_tone": str(self.tone),
            "age": f"{self.age:.0f}",
            "style": "woman" if self.woman else "man",
            "hair": self.hair,
            "beard": self.beard,
            "glasses": self.glasses,
        }


def tone_of(rng_seed: list[int], person: int) -> int:
    """The tone of a person: every ten in a row have all ten, in an order of their own."""
    order = np.random.default_rng([*rng_seed, person // N_TONES]).permutation(N_TONES)
    return int(order[person % N_TONES]) + 1


def draw_look(rng: np.random.Generator, tone: int, age_share: float, moles: tuple[Mark, ...] = ()) -> Look:
    """Draw a person's look.

    Args:
        rng: The source of randomness.
        tone: Monk's, 1 to 10.
        age_share: 0 the youngest, 1 the oldest; the skin's relief has the same.
        moles: Those of the skin's relief.
    """
    age = AGES[0] + (AGES[1] - AGES[0]) * age_share
    woman, old = bool(rng.random() < 0.5), np.clip((age - 40.0) / 40.0, 0.0, 1.0)
    hair, hair_colour, gray = draw_hair(rng, woman, tone, age)
    beard = "none" if woman else _one_of(rng, BEARDS)
    made_up = float(woman and rng.random() < 0.65) * rng.uniform(0.3, 1.0)
    fair = tone <= 5
    return Look(
        tone=tone,
        skin=living(draw_skin(rng, tone)),
        age=age,
        woman=woman,
        hair=hair,
        hair_colour=hair_colour,
        gray=gray,
        receding=0.0 if woman else float(rng.gamma(1.0, 2.0 + 8.0 * old)),
        beard=beard,
        beard_amount=float(rng.uniform(0.35, 1.0)),
        brows=float(np.clip(rng.normal(0.62 if woman else 0.78, 0.18), 0.15, 1.0)),
        brow_colour=np.clip(hair_colour * rng.uniform(0.5, 0.8), 0.03, 0.45),
        freckles=float(rng.beta(0.4, 2.2)) if fair else 0.3 * float(rng.beta(0.3, 3.0)),
        moles=moles,
        spots=float(old * rng.uniform(0.0, 1.0)),
        mottle=float(rng.uniform(0.3, 0.9) + 0.4 * old),
        veins=float((0.1 + 0.7 * old) * rng.beta(1.0, 2.5)) if fair else 0.0,
        lipstick=made_up * float(rng.beta(1.5, 1.5)),
        lip_colour=np.clip([rng.uniform(0.45, 0.78), rng.uniform(0.10, 0.42), rng.uniform(0.14, 0.42)], 0, 1),
        liner=made_up * float(rng.beta(2.0, 1.2)),
        shadow=0.5 * made_up * float(rng.beta(1.0, 1.6)),
        shadow_colour=np.array([[0.35, 0.24, 0.2], [0.3, 0.28, 0.33], [0.5, 0.32, 0.33], [0.2, 0.2, 0.22]])[
            rng.integers(4)
        ],
        iris=_iris(rng, tone),
        gloss=float(np.exp(rng.normal(-0.1, 0.4))),
        glasses=_one_of(rng, GLASSES),
    )


def _one_of(rng: np.random.Generator, shares: dict[str, float]) -> str:
    weights = np.array(list(shares.values()))
    return list(shares)[rng.choice(len(weights), p=weights / weights.sum())]


def _iris(rng: np.random.Generator, tone: int) -> np.ndarray:
    shares = {
        "brown": 0.30 if tone <= 5 else 0.55,
        "black": 0.08 if tone <= 5 else 0.42,
        "hazel": 0.16 if tone <= 5 else 0.03,
        "green": 0.12 if tone <= 4 else 0.0,
        "blue": 0.26 if tone <= 4 else 0.0,
        "gray": 0.08 if tone <= 4 else 0.0,
    }
    return np.clip(np.array(IRISES[_one_of(rng, shares)]) * rng.uniform(0.8, 1.2) + rng.normal(0, 0.015, 3), 0.03, 0.8)
