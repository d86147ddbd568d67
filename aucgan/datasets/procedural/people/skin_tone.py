"""The colour of a skin from its two pigments, and the ten tones of the Monk scale."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.colour import to_lab, to_srgb

MONK_SWATCHES = np.array([
    [246, 237, 228], [243, 231, 219], [247, 234, 208], [234, 218, 186], [215, 189, 150],
    [160, 126, 86], [130, 92, 67], [96, 65, 52], [58, 49, 42], [41, 36, 32],
]) / 255.0  # fmt: skip
"""sRGB of the tones 1 to 10, as Ellis Monk published them (skintone.google, CC BY 4.0)."""
MELANIN = np.array([0.004, 0.045, 0.10, 0.21, 0.425, 1.06, 1.69, 2.46, 3.92, 5.42])
"""Amount of melanin at which a skin comes nearest to each swatch."""
BLOOD = (0.13, 0.05)
"""Mean and deviation of the amount of blood near the surface."""

_WITHOUT_PIGMENT = np.array([0.961, 0.918, 0.788])
_SURFACE = 0.026
"""Light that the surface returns before it meets a pigment: the darkest skin is not black."""
_MELANIN_ABSORBS = np.array([1.0, 1.478, 2.327])
BLOOD_ABSORBS = np.array([0.12, 0.80, 0.55])
"""Of red, green and blue light by an amount of 1."""


def skin_colour(melanin: np.ndarray | float, blood: np.ndarray | float) -> np.ndarray:
    """Colour of a skin whose pigments absorb by Beer's law.

    The constants are those that bring the path of growing melanin nearest to the ten swatches: within ΔE 5.

    Args:
        melanin: Amount, from 0 to about 6, ``(...)``.
        blood: Amount, about 0 to 0.3, ``(...)``.

    Returns:
        sRGB in [0, 1], ``(..., 3)``.
    """
    depth = np.asarray(melanin)[..., None] * _MELANIN_ABSORBS + np.asarray(blood)[..., None] * BLOOD_ABSORBS
    return to_srgb(_SURFACE + _WITHOUT_PIGMENT * np.exp(-depth))


def monk_tone(colour: np.ndarray) -> np.ndarray:
    """The tone, 1 to 10, whose swatch is nearest in Lab to sRGB colours ``(..., 3)``."""
    apart = np.linalg.norm(to_lab(colour)[..., None, :] - to_lab(MONK_SWATCHES), axis=-1)
    return apart.argmin(-1) + 1


def draw_skin(rng: np.random.Generator, tone: int) -> np.ndarray:
    """Draw the colour of a person's skin, sRGB ``(3,)``: between what is nearest to a tone and half way to the next.

    Args:
        rng: The source of randomness.
        tone: 1 to 10.
    """
    steps = np.log(MELANIN)
    low = steps[max(tone - 2, 0)] * 0.4 + steps[tone - 1] * 0.6
    high = steps[min(tone, 9)] * 0.4 + steps[tone - 1] * 0.6  # no darker than the darkest swatch
    for _ in range(20):
        colour = skin_colour(np.exp(rng.uniform(low, high)), max(rng.normal(*BLOOD), 0.02))
        if monk_tone(colour) == tone:
            return colour
    return skin_colour(MELANIN[tone - 1], 0.06)
