"""The fine grain of the skin: pits on nose and cheeks, furrows along the forehead, creases across the lips."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy import ndimage

MM = 0.001
_Places = tuple[tuple[float, float], tuple[float, float], float]
PITS: tuple[_Places, ...] = (
    ((0, -6), (12, 10), 0.07),
    ((19, -6), (7, 10), 0.06),
    ((34, -8), (13, 14), 0.045),
    ((0, 55), (14, 10), 0.025),
    ((0, -74), (14, 9), 0.04),
    ((45, -35), (18, 20), 0.02),
)
"""Centre and radii on the reference (mm; both sides), and the depth of the pores there (mm)."""
FURROWS: tuple[_Places, ...] = (((0, 76), (40, 16), 0.016),)
"""The same of the fine furrows across the forehead."""
LIP_CREASES: tuple[_Places, ...] = (((0, -39), (14, 3), 0.05), ((0, -47.5), (14, 3.5), 0.05))
"""The same of the creases of the lips."""
DEEPEST = 2.0
"""Bound of the noise that the grain is made of, in standard deviations."""
EVERYWHERE = 0.012
"""Depth of the grain of all skin (mm)."""


class PoreModel:
    """Fine relief by region.

    Args:
        position: Where the texels lie on the reference, ``(S, S, 3)`` metres.
    """

    def __init__(self, position: np.ndarray) -> None:
        self._size = position.shape[0]
        self._pits = _amount(position, PITS) + EVERYWHERE * MM
        self._furrows = _amount(position, FURROWS)
        self._creases = _amount(position, LIP_CREASES)

    def relief(self, traits: Mapping[str, float], rng: np.random.Generator) -> np.ndarray:
        """A person's grain, ``(S, S)`` float32 metres: the same in all photos.

        Args:
            traits: A person's ``pores`` are used.
            rng: The person's source of randomness.
        """
        white = rng.standard_normal((3, self._size, self._size), dtype=np.float32)
        pits = -(np.clip(_filtered(white[0], 0.55, 0.55), 0.0, DEEPEST) ** 1.5)
        furrows = np.clip(_filtered(white[1], 0.55, 3.0), -DEEPEST, DEEPEST)
        creases = np.clip(_filtered(white[2], 2.5, 0.55), -DEEPEST, DEEPEST)
        uneven = np.exp(0.3 * _filtered(rng.standard_normal((self._size, self._size), dtype=np.float32), 9.0, 9.0))
        grain = self._pits * (pits + 0.35) + self._furrows * furrows + self._creases * creases
        return (traits["pores"] * uneven * grain).astype(np.float32)


def _filtered(white: np.ndarray, down: float, across: float) -> np.ndarray:
    """Noise of unit variance, smoothed by so many texels along its rows and columns."""
    smooth = ndimage.gaussian_filter(white, (down, across), mode="wrap", truncate=3.0)
    return smooth / smooth.std()


def _amount(position: np.ndarray, places: tuple[_Places, ...]) -> np.ndarray:
    """Depth of a grain everywhere, ``(S, S)`` metres: soft ellipses on the front of both sides."""
    across, up = np.abs(position[..., 0]), position[..., 1]
    front = np.clip(position[..., 2] / (25.0 * MM), 0.0, 1.0)
    amount = np.zeros(across.shape, dtype=np.float32)
    for centre, radii, depth in places:
        squared = ((across / MM - centre[0]) / radii[0]) ** 2 + ((up / MM - centre[1]) / radii[1]) ** 2
        amount = np.maximum(amount, depth * MM * front / (1.0 + squared**2))
    return amount
