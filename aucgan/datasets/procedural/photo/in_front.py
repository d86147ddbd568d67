"""Things between a face and the camera: a hand, a microphone, something at the edge that is out of focus."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy import ndimage

RATES: dict[str, float] = {"hand": 0.035, "microphone": 0.025, "edge": 0.04}
"""Kind → share of the photos; the others have nothing in front."""
LAMP = np.array([-0.5, -0.6, 0.62])
"""Where the light on these things comes from, in the picture."""


@dataclass(frozen=True)
class InFront:
    """Rods with round ends over a picture; coordinates are shares of its side, x right, y down.

    Attributes:
        starts: ``(N, 2)``.
        ends: ``(N, 2)``.
        radii: ``(N,)``.
        colours: sRGB, ``(N, 3)``.
        blur: Gaussian width of the outline, a share of the side.
    """

    starts: np.ndarray
    ends: np.ndarray
    radii: np.ndarray
    colours: np.ndarray
    blur: float


def draw_in_front(rng: np.random.Generator, skin: np.ndarray) -> InFront | None:
    """Draw what is in front of the face in a photo of a person with this skin, sRGB ``(3,)``; mostly nothing."""
    draw = rng.random()
    for kind, rate in RATES.items():
        if draw < rate:
            return {"hand": _hand, "microphone": _microphone, "edge": _edge}[kind](rng, skin)
        draw -= rate
    return None


def _hand(rng: np.random.Generator, skin: np.ndarray) -> InFront:
    """Fingers that reach to chin or cheek, and the back of the hand under them."""
    side = rng.choice([-1.0, 1.0])
    tip = np.array([0.5 + side * rng.uniform(0.0, 0.22), rng.uniform(0.62, 0.80)])
    lean = np.deg2rad(rng.uniform(-35.0, 35.0))
    along, across = np.array([np.sin(lean), -np.cos(lean)]), np.array([np.cos(lean), np.sin(lean)])
    radius = rng.uniform(0.030, 0.038)
    count = rng.integers(2, 5)
    offsets = (np.arange(count) - 0.5 * (count - 1)) * 1.9 * radius
    tips = tip + offsets[:, None] * across + along * rng.normal(0.0, 0.025, (count, 1))
    roots = tip + offsets[:, None] * across - along * rng.uniform(0.18, 0.28)
    palm = np.array([roots.mean(0) + 0.02 * along, roots.mean(0) - 0.5 * along])
    colours = skin * rng.uniform(0.92, 1.0, (count + 1, 1)) * [1.0, 0.95, 0.93]
    starts, ends = np.vstack([palm[:1], roots]), np.vstack([palm[1:], tips])
    radii = np.append(1.05 * radius * count, np.full(count, radius))
    return InFront(starts, ends, radii, colours, 0.004)


def _microphone(rng: np.random.Generator, skin: np.ndarray) -> InFront:
    del skin
    head = np.array([rng.uniform(0.25, 0.75), rng.uniform(0.72, 0.88)])
    foot = head + [rng.uniform(-0.2, 0.2), 0.5]
    dark = np.full((2, 3), rng.uniform(0.04, 0.25))
    return InFront(np.stack([head, head]), np.stack([foot, head + 0.02]), np.array([0.02, 0.05]), dark, 0.004)


def _edge(rng: np.random.Generator, skin: np.ndarray) -> InFront:
    """Somebody's shoulder or a plant, cut off by the border."""
    del skin
    turn = rng.uniform(0.0, 2.0 * np.pi)
    away = np.array([np.cos(turn), np.sin(turn)])
    start = 0.5 + away * rng.uniform(0.55, 0.72)
    slide = np.array([-away[1], away[0]]) * rng.uniform(0.2, 0.6)
    colour = rng.uniform(0.03, 0.8) * np.exp(rng.normal(0.0, 0.2, (1, 3)))
    return InFront(
        (start - slide)[None], (start + slide)[None], np.array([rng.uniform(0.1, 0.25)]), colour.clip(0, 1), 0.02
    )


def picture(thing: InFront, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw it.

    Returns:
        Colour, sRGB ``(size, size, 3)``, and opacity ``(size, size)``.
    """
    y, x = (np.mgrid[0:size, 0:size] + 0.5) / size
    colour, opacity = np.zeros((size, size, 3), np.float32), np.zeros((size, size), np.float32)
    for start, end, radius, paint in zip(thing.starts, thing.ends, thing.radii, thing.colours, strict=True):
        axis = end - start
        share = (((x - start[0]) * axis[0] + (y - start[1]) * axis[1]) / max(axis @ axis, 1e-9)).clip(0.0, 1.0)
        dx, dy = x - start[0] - share * axis[0], y - start[1] - share * axis[1]
        apart = np.hypot(dx, dy) / radius
        height = np.sqrt(np.clip(1.0 - apart**2, 0.0, 1.0))
        light = 0.45 + 0.6 * np.clip(dx / radius * LAMP[0] + dy / radius * LAMP[1] + height * LAMP[2], 0.0, 1.0)
        cover = np.clip((1.0 - apart) * radius * size / 1.5, 0.0, 1.0)
        colour += cover[..., None] * (np.clip(paint * light[..., None], 0, 1) - colour)
        opacity = np.maximum(opacity, cover)
    if thing.blur * size > 0.5:
        opacity = ndimage.gaussian_filter(opacity, thing.blur * size)
        colour = ndimage.gaussian_filter(colour, (thing.blur * size,) * 2 + (0,))
    return colour.astype(np.float32), opacity.astype(np.float32)
