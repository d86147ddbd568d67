"""Between a photo's colours (sRGB), amounts of light, and differences that people see (CIE Lab)."""

from __future__ import annotations

import numpy as np

LUMINANCE = np.array([0.2126, 0.7152, 0.0722])
"""Share of red, green and blue light in its brightness."""
_TO_XYZ = np.array(
    [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
)
_WHITE = np.array([0.95047, 1.0, 1.08883])


def to_linear(colour: np.ndarray) -> np.ndarray:
    """Amount of light of sRGB colours in [0, 1]."""
    colour = np.asarray(colour, np.float64)
    return np.where(colour <= 0.04045, colour / 12.92, ((np.maximum(colour, 0.0) + 0.055) / 1.055) ** 2.4)


def to_srgb(light: np.ndarray) -> np.ndarray:
    """The inverse of :func:`to_linear`."""
    light = np.asarray(light, np.float64)
    return np.where(light <= 0.0031308, 12.92 * light, 1.055 * np.maximum(light, 1e-12) ** (1 / 2.4) - 0.055)


def to_lab(colour: np.ndarray) -> np.ndarray:
    """CIE L*a*b* (D65) of sRGB colours ``(..., 3)``; a distance of 2.3 is just noticed."""
    xyz = to_linear(colour) @ _TO_XYZ.T / _WHITE
    root = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    x, y, z = np.moveaxis(root, -1, 0)
    return np.stack([116 * y - 16, 500 * (x - y), 200 * (y - z)], axis=-1)
