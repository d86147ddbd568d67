"""Neck, shoulders and what is worn on them, under any head."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.procedural.photo.mesh_grid import grid_faces

COLUMNS = 32
RINGS = np.array([
    # half width, half depth, height, in millimetres from the foot of the neck
    (58, 42, 62), (80, 55, 42), (104, 66, 28), (150, 86, 6), (188, 100, -18), (212, 110, -58), (222, 116, -120),
    (226, 120, -330),
]) / 1000.0  # fmt: skip
SLANT = 0.45
"""How much lower the front of the neck's foot lies than its back, as a share of the distance."""
COLLARS: dict[str, tuple[float, float]] = {
    "turtle": (0.078, 0.0), "shirt": (0.062, 0.03), "crew": (0.046, 0.012), "v": (0.042, 0.09), "wide": (0.015, 0.05),
}  # fmt: skip
"""Name → height of the border of the cloth over the foot of the neck, and how much lower it is in front, metres."""


HIGHEST = 0.09
"""No collar reaches further over the foot of the neck, metres."""


@dataclass(frozen=True)
class Clothes:
    """What is worn in one photo.

    Attributes:
        collar: A name of :data:`COLLARS`.
        colour: sRGB, ``(3,)``.
        second: Colour of its stripes or checks, sRGB, ``(3,)``.
        pattern: Stripes a metre round the body and down it, ``(2,)``; 0 for none.
        broad: Factor on the width of the shoulders.
    """

    collar: str
    colour: np.ndarray
    second: np.ndarray
    pattern: np.ndarray
    broad: float


def draw_clothes(rng: np.random.Generator) -> Clothes:
    """Draw what is worn in a photo: dark and plain things above all."""
    gray = rng.choice([0.06, 0.12, 0.25, 0.5, 0.85, 0.92]) * rng.uniform(0.8, 1.1)
    colour = gray + rng.choice([0.01, 0.05, 0.18], p=[0.4, 0.35, 0.25]) * rng.normal(0.0, 1.0, 3)
    second = np.clip(colour + rng.normal(0.0, 0.25), 0.03, 0.95)
    stripes = rng.choice([0.0, 60.0, 120.0], p=[0.7, 0.2, 0.1])
    pattern = np.array([[stripes, 0.0], [0.0, stripes], [stripes, stripes]])[rng.integers(3)]
    collar = str(rng.choice(list(COLLARS), p=[0.1, 0.3, 0.3, 0.2, 0.1]))
    return Clothes(collar, np.clip(colour, 0.03, 0.95), second, pattern, float(rng.uniform(0.85, 1.1)))


def torso(foot: Tensor, width: Tensor) -> Tensor:
    """Vertices of bodies, upright, ``(B, len(RINGS) * COLUMNS, 3)``.

    Args:
        foot: The middle of the foot of each neck, ``(B, 3)``.
        width: Factor on the width of the shoulders, ``(B,)``.
    """
    turn = np.arange(COLUMNS) / COLUMNS * 2.0 * np.pi
    # A squarish outline: shoulders are no ellipse.
    across, ahead = (np.sign(w) * np.abs(w) ** 0.85 for w in (np.sin(turn), np.cos(turn)))
    x, z = RINGS[:, :1] * across, RINGS[:, 1:2] * ahead
    y = RINGS[:, 2:] - SLANT * z * np.exp(-np.arange(len(RINGS))[:, None] / 6.0)
    points = torch.as_tensor(np.stack([x, y, z], axis=-1).reshape(1, -1, 3), dtype=torch.float32)
    scale = torch.ones(len(foot), 1, 3)
    scale[:, 0, 0] = width
    return foot[:, None] + points * scale


FACES = grid_faces(len(RINGS), COLUMNS, closed=True)
"""Triangles of a torso."""


def cloth_colour(place: np.ndarray, clothes: Clothes) -> tuple[np.ndarray, np.ndarray]:
    """Colour of points of neck and torso.

    Args:
        place: Relative to the foot of the neck, ``(N, 3)`` metres.
        clothes: What is worn.

    Returns:
        sRGB of the cloth ``(N, 3)``, and its opacity ``(N,)``.
    """
    height, depth = COLLARS[clothes.collar]
    x, y, z = np.ascontiguousarray(place.T)
    border = height - SLANT * z - depth * np.clip(1.0 - np.abs(x) / 0.075, 0.0, 1.0) * (z > 0)
    over = border - y
    cloth = np.clip(0.5 + over / 0.003, 0.0, 1.0)
    hem = 1.0 - 0.25 * np.exp(-((over / 0.006) ** 2))
    colour = clothes.colour.astype(place.dtype)
    if not clothes.pattern.any():
        return colour * hem[:, None], cloth
    round_body, down = (2 * np.pi * clothes.pattern).tolist()
    stripes = 0.5 + 0.5 * np.sign(np.sin(round_body * x) + np.sin(down * y))
    worn = colour + 0.6 * (clothes.second - clothes.colour).astype(place.dtype) * stripes[:, None]
    return worn * hem[:, None], cloth
