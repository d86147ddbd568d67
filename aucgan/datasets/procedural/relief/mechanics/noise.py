"""Smooth random fields on the skin."""

from __future__ import annotations

import numpy as np

WAVES = 12


class SmoothNoise:
    """Fields of about zero mean and unit variance, sums of plane waves in space.

    Args:
        places: Where they are wanted, ``(T, 3)`` metres.
        rng: The source of randomness; every call draws another field.
    """

    def __init__(self, places: np.ndarray, rng: np.random.Generator) -> None:
        self._places, self._rng = places.astype(np.float32), rng

    def __call__(self, length: float) -> np.ndarray:
        """A field that changes over ``length`` metres, ``(T,)``."""
        waves = self._rng.normal(0.0, 1.0 / length, (3, WAVES)).astype(np.float32)
        phases = self._rng.uniform(0.0, 2.0 * np.pi, WAVES).astype(np.float32)
        return np.sqrt(2.0 / WAVES) * np.sin(self._places @ waves + phases).sum(1)
