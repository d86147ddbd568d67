"""The light on strangers: lamps of some size, with shadows, where no lamp at home stands and in colours of none."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.lighting import SH_FACTORS
from aucgan.datasets.procedural.photo.lamps import Light, direction

KEYS: dict[str, tuple[tuple[float, float], tuple[float, float], tuple[float, float]]] = {
    "from below": ((0.0, 60.0), (-50.0, -15.0), (0.05, 0.4)),
    "from above": ((0.0, 90.0), (72.0, 88.0), (0.02, 0.25)),
    "from the side": ((88.0, 115.0), (-10.0, 40.0), (0.02, 0.3)),
    "two keys": ((50.0, 80.0), (0.0, 40.0), (0.02, 0.3)),
}
"""Name → azimuth to either side and elevation of the key, degrees, and its softness."""
COLOUR = 0.3
"""Standard deviation of a lamp's channels (natural logarithm); at home it is about a tenth."""
SURROUND = (0.08, 0.5)
"""Light from all around over the key."""


def draw_strange_light(rng: np.random.Generator) -> Light:
    """Draw how a photo of a stranger is lit; a surface that faces the key is lit with about 1 in all.

    Args:
        rng: The source of randomness.
    """
    name = list(KEYS)[rng.integers(len(KEYS))]
    azimuth, elevation, softness = (rng.uniform(*bounds) for bounds in KEYS[name])
    side = 1.0 if rng.random() < 0.5 else -1.0
    second = -side * azimuth if name == "two keys" else rng.uniform(-120.0, 120.0)
    lamps = [(side * azimuth, elevation), (second, rng.uniform(-30.0, 60.0)), (rng.uniform(120.0, 240.0), 30.0)]
    fill = rng.uniform(0.6, 1.0) if name == "two keys" else rng.uniform(0.0, 0.4)
    amounts = np.array([1.0, fill, rng.uniform(0.0, 0.6)])
    colours = amounts[:, None] * np.stack([_colour(rng) for _ in lamps])
    surround = rng.uniform(*SURROUND)
    ambient = np.zeros((9, 3))
    ambient[0] = surround * _colour(rng) / SH_FACTORS[0]
    softnesses = np.array([softness, softness, rng.uniform(0.02, 0.3)])
    whole = 1.0 / (1.0 + 0.4 * fill + surround)
    parts = (np.stack([direction(*lamp) for lamp in lamps]), whole * colours, softnesses, whole * ambient)
    return Light(*(part.astype(np.float32) for part in parts))


def _colour(rng: np.random.Generator) -> np.ndarray:
    """A colour of mean 1, between candle, screen and stage."""
    colour = np.exp(COLOUR * rng.standard_normal(3))
    return colour / colour.mean()
