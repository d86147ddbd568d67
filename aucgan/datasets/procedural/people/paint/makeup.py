"""Lipstick, and colour on the lids."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over

OPAQUE = 0.75
"""Opacity of the thickest lipstick."""


def paint_makeup(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Lay make-up onto ``(S·S, 3)``."""
    if look.lipstick > 0.02:
        over(colour, look.lip_colour * (0.35 + 0.8 * look.skin.mean()), OPAQUE * look.lipstick * canvas.mask("lips"))
    if look.shadow > 0.02:
        if not canvas.has("lids"):
            canvas.keep("lids", canvas.regions.blob((32, 38), (13, 5)))
        over(colour, look.shadow_colour, look.shadow * canvas.mask("lids"))
    if look.woman and rng.random() < 0.5:
        if not canvas.has("rouge"):
            canvas.keep("rouge", canvas.regions.blob((46, -4), (14, 10)))
        over(colour, look.skin * [1.0, 0.72, 0.72], 0.35 * look.lipstick * canvas.mask("rouge"))
