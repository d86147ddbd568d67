"""Hair styles: where hair ends round the head, how thick it lies, how far it hangs; and its colour."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HAIRLINE = np.array([
    (0, 53), (22, 52), (42, 47), (55, 40), (66, 28), (76, 10), (88, 2), (96, 14), (108, 10), (125, -6), (150, -28),
    (180, -36),
])  # fmt: skip
"""Azimuth (0 ahead, 180 behind) and elevation of the border of the hair, degrees from the middle of the head."""


@dataclass(frozen=True)
class HairStyle:
    """How hair is worn; lengths in metres, ranges are drawn from uniformly.

    Attributes:
        top: Thickness over the crown.
        sides: Thickness over the ears and behind.
        hang: How far it hangs below where it leaves the head, at the sides and behind.
        fringe: How far it comes down over the forehead, degrees of elevation.
        curl: Waves of the outline, as a share of the thickness.
        parting: 0 none, 1 the hair of the top leans to one side.
        front: Thickness at the hairline of the forehead over that of the top.
    """

    top: tuple[float, float]
    sides: tuple[float, float]
    hang: tuple[float, float] = (0.0, 0.0)
    fringe: tuple[float, float] = (0.0, 0.0)
    curl: float = 0.1
    parting: float = 0.0
    front: float = 0.5


STYLES: dict[str, HairStyle] = {
    "buzz": HairStyle((0.002, 0.004), (0.001, 0.003), curl=0.05),
    "short": HairStyle((0.016, 0.034), (0.006, 0.014), fringe=(0.0, 6.0), parting=0.4),
    "quiff": HairStyle((0.018, 0.034), (0.003, 0.008), front=1.1, parting=0.5),
    "parted": HairStyle((0.016, 0.032), (0.010, 0.018), fringe=(0.0, 10.0), parting=1.0),
    "back": HairStyle((0.010, 0.020), (0.008, 0.014), front=0.6),
    "fringe": HairStyle((0.014, 0.025), (0.014, 0.024), (0.06, 0.16), (12.0, 25.0), front=0.7),
    "bob": HairStyle((0.014, 0.024), (0.016, 0.028), (0.05, 0.11), (0.0, 8.0), parting=0.8),
    "long": HairStyle((0.012, 0.024), (0.014, 0.026), (0.15, 0.30), (0.0, 6.0), parting=0.8),
    "curls": HairStyle((0.025, 0.045), (0.025, 0.045), (0.03, 0.16), (0.0, 10.0), curl=0.35),
    "afro": HairStyle((0.030, 0.075), (0.030, 0.065), (0.0, 0.02), curl=0.12, front=0.8),
}
"""Name → style; beside them there is ``bald``."""
MEN = {
    "buzz": 0.16,
    "short": 0.32,
    "quiff": 0.14,
    "parted": 0.15,
    "back": 0.08,
    "curls": 0.06,
    "long": 0.04,
    "afro": 0.05,
}
WOMEN = {"long": 0.38, "bob": 0.17, "fringe": 0.12, "back": 0.14, "curls": 0.12, "short": 0.05, "parted": 0.02}
"""Shares of the styles."""
DARK_TONE = 7
"""From this tone on, hair is black or nearly, and often short or curled tightly."""

BLACK, BROWN, BLOND, RED, GRAY = (
    np.array(c)
    for c in ((0.085, 0.075, 0.072), (0.27, 0.185, 0.125), (0.71, 0.56, 0.37), (0.46, 0.22, 0.12), (0.72, 0.71, 0.70))
)


def draw_hair(rng: np.random.Generator, woman: bool, tone: int, age: float) -> tuple[str, np.ndarray, float]:
    """Draw how a person's hair is worn, its colour (sRGB) and how gray it is, in [0, 1].

    Args:
        rng: The source of randomness.
        woman: Whether styles are those of women.
        tone: Monk's, 1 to 10.
        age: Years.
    """
    shares = dict(WOMEN if woman else MEN)
    if tone >= DARK_TONE:
        for name, share in ({"afro": 0.25, "curls": 0.2} if woman else {"buzz": 0.4, "afro": 0.15}).items():
            shares[name] = shares.get(name, 0.0) + share
        shares["quiff"] = 0.0
    names = list(shares)
    weights = np.array([shares[name] for name in names])
    style = names[rng.choice(len(names), p=weights / weights.sum())]
    draw = rng.random()
    if not woman and draw < 0.06 + 0.004 * max(age - 30.0, 0.0):
        style = "bald"
    gray = float(np.clip(rng.normal(0.022 * (age - 48.0), 0.25), 0.0, 1.0)) if age > 28 else 0.0
    if woman and rng.random() < 0.5:  # dyed
        gray *= 0.2
    return style, _colour(rng, tone, gray), gray


def _colour(rng: np.random.Generator, tone: int, gray: float) -> np.ndarray:
    fair = np.clip((6.0 - tone) / 4.0, 0.0, 1.0) * rng.random()
    base = BLACK + (BROWN - BLACK) * np.clip(2.0 * fair + 0.5 * rng.random() * (tone < 8), 0.0, 1.0)
    if fair > 0.5 and rng.random() < 0.75:
        base = base + (BLOND - base) * rng.uniform(0.2, 1.0)
    if fair > 0.25 and rng.random() < 0.08:
        base = base + (RED - base) * rng.uniform(0.5, 1.0)
    base = base * rng.uniform(0.85, 1.15)
    return np.clip(base + (GRAY - base) * gray, 0.02, 0.95)
