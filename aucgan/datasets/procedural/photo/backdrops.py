"""What is behind people: walls, rooms and gardens out of focus, lights as discs, letters on panels."""

from __future__ import annotations

from functools import cache

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage

KINDS: dict[str, float] = {"wall": 0.24, "room": 0.30, "nature": 0.20, "lights": 0.12, "panel": 0.14}
"""Kind → share of the photos."""
SCALES = (2, 4, 8, 16, 32)
"""Cells a side of the noise that scenes are mixed from."""


def draw_backdrop(rng: np.random.Generator, size: int) -> np.ndarray:
    """Draw a background.

    Args:
        rng: The source of randomness.
        size: Edge of the picture in pixels.

    Returns:
        sRGB, ``(size, size, 3)`` float32 in [0, 1].
    """
    kinds = list(KINDS)
    kind = kinds[rng.choice(len(kinds), p=np.array(list(KINDS.values())) / sum(KINDS.values()))]
    picture = {"wall": _wall, "room": _room, "nature": _nature, "lights": _lights, "panel": _panel}[kind](rng, size)
    return np.clip(picture, 0.0, 1.0).astype(np.float32)


def fractal(rng: np.random.Generator, size: int, roughness: float) -> np.ndarray:
    """Noise of many scales, deviation 1, ``(size, size)``; each octave is ``roughness`` of the one before."""
    whole = np.zeros((size, size), np.float32)
    for octave, cells in enumerate(SCALES):
        field, spread = rng.standard_normal((cells + 1, cells + 1)).astype(np.float32), _spread(cells + 1, size)
        whole += np.float32(roughness**octave) * (spread @ field @ spread.T)
    return whole / whole.std()


@cache
def _spread(cells: int, size: int) -> np.ndarray:
    """The weights of linear enlargement, ``(size, cells)``."""
    return np.asarray(Image.fromarray(np.eye(cells, dtype=np.float32)).resize((cells, size), Image.Resampling.BILINEAR))


def _colour(rng: np.random.Generator, brightness: float, colourful: float) -> np.ndarray:
    return brightness * np.exp(colourful * rng.normal(0.0, 1.0, 3) * [1.0, 0.6, 1.1])


def _gradient(rng: np.random.Generator, size: int) -> np.ndarray:
    angle = rng.uniform(0.0, 2 * np.pi)
    y, x = np.mgrid[0:size, 0:size] / size - 0.5
    return np.cos(angle) * x + np.sin(angle) * y


def _wall(rng: np.random.Generator, size: int) -> np.ndarray:
    base = _colour(
        rng, rng.choice([0.05, 0.25, 0.6, 0.85, 0.95]) * rng.uniform(0.8, 1.05), rng.choice([0.02, 0.1, 0.3])
    )
    shade = 1.0 + rng.uniform(0.0, 0.5) * _gradient(rng, size) + rng.uniform(0.0, 0.03) * fractal(rng, size, 0.8)
    return base * shade[..., None]


def _room(rng: np.random.Generator, size: int) -> np.ndarray:
    """Upright and level edges of furniture, doors and windows, more or less out of focus."""
    picture = _wall(rng, size)
    for _ in range(rng.integers(2, 8)):
        low, high = np.sort(rng.integers(-size // 4, size + size // 4, (2, 2)), axis=0).clip(0, size)
        patch = _colour(rng, rng.choice([0.04, 0.2, 0.5, 0.9]) * rng.uniform(0.7, 1.1), 0.15)
        picture[low[0] : high[0], low[1] : high[1]] = patch
    blur = size * rng.choice([0.004, 0.015, 0.04])
    return ndimage.gaussian_filter(picture, (blur, blur, 0), mode="nearest")


def _nature(rng: np.random.Generator, size: int) -> np.ndarray:
    leaf = np.array([[0.24, 0.34, 0.14], [0.35, 0.42, 0.22], [0.45, 0.38, 0.25], [0.62, 0.70, 0.80]])[rng.integers(4)]
    bright = fractal(rng, size, rng.uniform(0.5, 0.95))
    hue = fractal(rng, size, 0.6)
    picture = leaf * np.exp(0.45 * bright[..., None] + 0.12 * hue[..., None] * [1.0, 0.2, -1.0])
    if rng.random() < 0.5:
        sky = np.array([0.75, 0.83, 0.93]) * rng.uniform(0.8, 1.05)
        y = (np.arange(size) / size - rng.uniform(0.1, 0.6))[:, None] + 0.08 * fractal(rng, size, 0.6)
        picture = picture + (sky - picture) * np.clip(0.5 - y / 0.05, 0.0, 1.0)[..., None]
    blur = size * rng.choice([0.0, 0.01, 0.03])
    return ndimage.gaussian_filter(picture, (blur, blur, 0), mode="nearest")


def _lights(rng: np.random.Generator, size: int) -> np.ndarray:
    """Discs of lamps far out of focus before the dark."""
    canvas = Image.new("RGB", (size, size), tuple(int(255 * c) for c in np.clip(_colour(rng, 0.08, 0.3), 0, 1)))
    draw = ImageDraw.Draw(canvas, "RGBA")
    radius = size * rng.uniform(0.02, 0.08)
    for _ in range(rng.integers(6, 40)):
        x, y = rng.uniform(0, size, 2)
        colour = np.clip(_colour(rng, rng.uniform(0.4, 1.0), 0.35), 0.0, 1.0)
        r = radius * rng.uniform(0.6, 1.2)
        draw.ellipse([x - r, y - r, x + r, y + r], fill=(*(int(255 * c) for c in colour), int(rng.uniform(60, 200))))
    picture = np.asarray(canvas, np.float64) / 255.0
    return ndimage.gaussian_filter(picture, (0.006 * size, 0.006 * size, 0), mode="nearest")


def _panel(rng: np.random.Generator, size: int) -> np.ndarray:
    """A panel with marks in rows, as people are photographed before."""
    paper = np.clip(_colour(rng, rng.choice([0.1, 0.25, 0.93]), 0.3), 0, 1)
    ink = np.clip(_colour(rng, 0.9 if paper.mean() < 0.5 else rng.uniform(0.1, 0.6), 0.3), 0, 1)
    canvas = Image.new("RGB", (size, size), tuple(int(255 * c) for c in paper))
    draw = ImageDraw.Draw(canvas)
    step, fill = size * rng.uniform(0.2, 0.45), tuple(int(255 * c) for c in ink)
    for row, y in enumerate(np.arange(-0.5 * step, size, step)):
        for x in np.arange(-(row % 2) * 0.5 * step, size, step):
            at = x
            for _ in range(rng.integers(2, 6)):
                wide, tall = step * rng.uniform(0.05, 0.16), step * rng.uniform(0.15, 0.32)
                kind = rng.integers(3)
                box = [at, y, at + wide, y + tall]
                (draw.rectangle, draw.ellipse, draw.rectangle)[kind](box, outline=fill, width=max(int(0.03 * step), 1))
                at += wide * 1.4
    blur = size * rng.choice([0.003, 0.008, 0.02])
    return ndimage.gaussian_filter(np.asarray(canvas, np.float64) / 255.0, (blur, blur, 0), mode="nearest")
