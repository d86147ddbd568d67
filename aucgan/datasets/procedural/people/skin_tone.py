"""The colour of a skin from its two pigments, and the ten tones of the Monk scale."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.colour import LUMINANCE, to_lab, to_linear, to_srgb

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
PURITY = np.array([[0.02, 0.1, 0.35, 0.8], [0.42, 0.42, 0.46, 0.56]])
"""Luminance of a skin → largest share of blue light over red that faces have in photos."""


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


def living(colour: np.ndarray) -> np.ndarray:
    """A tone's colour as photos show it on faces: swatches, matt and in white light, are greyer at both ends.

    Light of the colour of the lamp, which the surface mirrors, is taken away until blue over red is at most what
    :data:`PURITY` says, and the rest made as bright again.

    Args:
        colour: sRGB, ``(..., 3)``.
    """
    light = to_linear(colour)
    luminance = light @ LUMINANCE
    most, least = light.max(-1), light.min(-1)
    share = np.interp(luminance, *PURITY)
    grey = np.maximum(least - share * most, 0.0) / (1.0 - share)
    purer = (light - grey[..., None]) * (luminance / (luminance - grey))[..., None]
    return np.clip(to_srgb(purer), 0.0, 1.0)


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
