"""The light of one photo: a few lamps of some size, and what comes from all around."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.datasets.procedural.lighting import SH_FACTORS

N_LAMPS = 3
"""Key, fill and rim."""


@dataclass(frozen=True)
class Situation:
    """A way in which people are lit; ranges are drawn from uniformly.

    Attributes:
        rate: Share of the photos.
        azimuth: Largest angle of the key from the viewer to either side, degrees.
        elevation: Of the key over the horizon, degrees.
        softness: Of the key: 0 a point, 1 half the sky.
        fill: Of the second lamp over the key.
        surround: Light from all around over the key.
        rim: Of a lamp from behind over the key.
    """

    rate: float
    azimuth: float
    elevation: tuple[float, float]
    softness: tuple[float, float]
    fill: tuple[float, float]
    surround: tuple[float, float]
    rim: tuple[float, float] = (0.0, 0.0)


SITUATIONS: dict[str, Situation] = {
    "flash": Situation(0.24, 20.0, (0.0, 25.0), (0.05, 0.25), (0.0, 0.3), (0.25, 0.6)),
    "overcast": Situation(0.24, 60.0, (20.0, 70.0), (0.5, 0.9), (0.2, 0.6), (0.6, 1.4)),
    "window": Situation(0.24, 85.0, (0.0, 40.0), (0.25, 0.6), (0.0, 0.3), (0.15, 0.5)),
    "studio": Situation(0.14, 55.0, (15.0, 45.0), (0.2, 0.5), (0.3, 0.7), (0.15, 0.4), (0.2, 1.2)),
    "sun": Situation(0.14, 80.0, (20.0, 65.0), (0.0, 0.1), (0.0, 0.2), (0.25, 0.6), (0.0, 0.8)),
}


@dataclass(frozen=True)
class Light:
    """Light on a scene, in the metric frame; amounts, not a photo's values.

    Attributes:
        directions: Unit vectors towards the lamps, ``(N_LAMPS, 3)``; the first is the key.
        colours: Their amounts, RGB, ``(N_LAMPS, 3)``.
        softness: Of each lamp, in [0, 1], ``(N_LAMPS,)``.
        ambient: Spherical harmonics of what comes from all around, ``(9, 3)``.
    """

    directions: np.ndarray
    colours: np.ndarray
    softness: np.ndarray
    ambient: np.ndarray


def direction(azimuth: float, elevation: float) -> np.ndarray:
    """Unit vector from degrees; azimuth 0 is the viewer, positive to the person's left."""
    a, e = np.deg2rad([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


def tint(rng: np.random.Generator, strength: float) -> np.ndarray:
    """A light colour of mean 1 between candle and sky."""
    warmth = rng.normal(0.0, 1.0) * strength
    colour = np.array([1.0 + warmth, 1.0 + 0.15 * rng.normal() * strength, 1.0 - warmth]).clip(0.3)
    return colour / colour.mean()


def draw_light(rng: np.random.Generator) -> Light:
    """Draw how one photo is lit; a surface that faces the key is lit with about 1 in all."""
    rates = np.array([one.rate for one in SITUATIONS.values()])
    kind = list(SITUATIONS.values())[rng.choice(len(rates), p=rates / rates.sum())]
    side = 1.0 if rng.random() < 0.5 else -1.0
    key = direction(side * kind.azimuth * rng.uniform(0.0, 1.0), rng.uniform(*kind.elevation))
    fill = direction(-side * rng.uniform(10.0, 90.0), rng.uniform(-20.0, 40.0))
    rim = direction(side * rng.uniform(120.0, 165.0), rng.uniform(0.0, 45.0))
    amounts = np.array([1.0, rng.uniform(*kind.fill), rng.uniform(*kind.rim)])
    colours = amounts[:, None] * np.stack([tint(rng, 0.08), tint(rng, 0.14), tint(rng, 0.12)])
    ambient = np.zeros((9, 3))
    surround, sky = rng.uniform(*kind.surround), tint(rng, 0.12)
    ambient[0] = surround * sky / SH_FACTORS[0]
    ambient[2] = surround * rng.uniform(0.1, 0.45) * tint(rng, 0.1) / SH_FACTORS[2]
    ambient[1] = surround * rng.uniform(-0.25, 0.25) * tint(rng, 0.1) / SH_FACTORS[1]
    softness = np.array([rng.uniform(*kind.softness), rng.uniform(0.2, 0.6), rng.uniform(0.05, 0.3)])
    whole = 1.0 / (1.0 + amounts[1] * 0.4 + surround)
    return Light(
        *(a.astype(np.float32) for a in (np.stack([key, fill, rim]), whole * colours, softness, whole * ambient))
    )
