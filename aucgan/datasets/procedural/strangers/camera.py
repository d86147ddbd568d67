"""The cameras of strangers: colours out of balance, tone curves, lenses out of focus, JPEG."""

from __future__ import annotations

import io

import numpy as np
from PIL import Image
from scipy import ndimage

BALANCE = 0.1
"""Standard deviation of the gains of red and blue against green (natural logarithm)."""
GAMMA = (0.8, 1.25)
DEFOCUS = (0.0, 0.012)
"""Radius of a point out of focus, as a share of the picture's side."""
QUALITY = (40, 92)
"""Of the JPEG files."""
_FINE = 4
"""Steps a pixel in which the disc of a point out of focus is sampled."""


def taken_by_a_stranger(image: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """The photo as another camera would have given it.

    Args:
        image: ``(S, S, 3)`` uint8.
        rng: The source of randomness.

    Returns:
        ``(S, S, 3)`` uint8.
    """
    linear = (image.astype(np.float32) / 255.0) ** 2.2
    radius = rng.uniform(*DEFOCUS) * image.shape[0]
    linear = ndimage.convolve(linear, disc(radius)[:, :, None], mode="nearest")
    balance = np.exp(rng.normal(0.0, BALANCE, 2))
    linear = linear * np.array([balance[0], 1.0, balance[1]], dtype=np.float32)
    values = np.clip(linear, 0.0, 1.0) ** (rng.uniform(*GAMMA) / 2.2)
    return through_jpeg(np.round(values * 255.0).astype(np.uint8), int(rng.integers(*QUALITY)))


def disc(radius: float) -> np.ndarray:
    """What a point out of focus becomes: a disc of ``radius`` pixels, odd and square, of sum 1."""
    half = int(np.ceil(radius))
    count = (2 * half + 1) * _FINE
    at = (np.arange(count) + 0.5) / _FINE - half - 0.5
    inside = at[:, None] ** 2 + at**2 <= max(radius, 0.75 / _FINE) ** 2
    kernel = inside.reshape(2 * half + 1, _FINE, 2 * half + 1, _FINE).mean((1, 3))
    return (kernel / kernel.sum()).astype(np.float32)


def through_jpeg(image: np.ndarray, quality: int) -> np.ndarray:
    """An ``(S, S, 3)`` uint8 picture after it was a JPEG file."""
    file = io.BytesIO()
    Image.fromarray(image).save(file, "JPEG", quality=quality)
    with Image.open(file) as opened:
        return np.asarray(opened.convert("RGB"))
