"""Teeth: everybody has a shade of their own, and the front ones are the brightest thing in a mouth."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas

WHITE, YELLOW = np.array([0.85, 0.83, 0.78]), np.array([0.80, 0.73, 0.58])
"""sRGB of the whitest teeth, and of those that coffee and years have stained."""
BACK = 0.028
"""How far behind the incisors teeth are dark, metres."""


def paint_teeth(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Give the teeth in ``(S·S, 3)`` the person's shade."""
    stained = float(np.clip(rng.beta(1.5, 2.5) + 0.35 * (look.age - 40.0) / 40.0, 0.0, 1.0))
    shade = WHITE + (YELLOW - WHITE) * stained
    for part, share in (("teeth_upper", 1.0), ("teeth_lower", 0.93)):
        rows = np.flatnonzero(canvas.parts == part)
        if len(rows):
            depth = canvas.position[rows, 2]
            behind = np.clip((depth.max() - depth - 0.3 * BACK) / BACK, 0.0, 1.0)
            colour[rows] = share * shade * (1.0 - 0.75 * behind[:, None])
