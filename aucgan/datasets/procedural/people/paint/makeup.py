"""Lips, lipstick, and colour on the lids."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over

LIPS, DARK_LIPS = np.array([0.86, 0.60, 0.62]), np.array([1.0, 0.80, 0.82])
"""Lips without any, as shares of the skin's colour: of light people and of dark ones."""
OPAQUE = 0.65
"""Opacity of the thickest lipstick."""


def paint_makeup(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Lay make-up onto ``(S·S, 3)``."""
    dark = float(np.clip(1.15 - 1.5 * look.skin.mean(), 0.0, 1.0))
    bare = look.skin * (LIPS + (DARK_LIPS - LIPS) * dark) * rng.uniform(0.9, 1.05)
    over(colour, bare, 0.8 * canvas.mask("lips"))
    if look.lipstick > 0.02:
        lips = look.lip_colour * (0.30 + 0.85 * look.skin.mean())
        over(colour, lips, OPAQUE * look.lipstick * canvas.mask("lips"))
    if look.shadow > 0.02:
        if not canvas.has("lids"):
            canvas.keep("lids", canvas.regions.blob((32, 38), (13, 5)))
        over(colour, look.shadow_colour, look.shadow * canvas.mask("lids"))
    if look.woman and rng.random() < 0.5:
        if not canvas.has("rouge"):
            canvas.keep("rouge", canvas.regions.blob((46, -4), (14, 10)))
        over(colour, look.skin * [1.0, 0.72, 0.72], 0.35 * look.lipstick * canvas.mask("rouge"))
