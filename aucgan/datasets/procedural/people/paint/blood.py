"""Blood under the skin of the face: cheeks, nose, ears and chin are redder than what a tone is read from."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas
from aucgan.datasets.procedural.people.skin_tone import BLOOD_ABSORBS

EVERYWHERE = 0.26
"""Blood of a pale face beyond that of the tone, in the unit of ``skin_colour``."""
GAMMA = 2.2


def paint_blood(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Let blood absorb, in ``(S·S, 3)``."""
    if not canvas.has("flush"):
        at = canvas.regions.blob
        places = (
            at((42, -6), (17, 13)),
            at((0, -4), (13, 12)),
            0.6 * at((0, -72), (14, 10)),
            0.8 * canvas.regions.ears(),
        )
        canvas.keep("flush", np.maximum.reduce(places))
    amount = EVERYWHERE * rng.uniform(0.4, 1.6) + rng.uniform(0.02, 0.16) * canvas.mask("flush")
    amount *= np.float32(np.clip((look.skin.mean() - 0.15) / 0.55, 0.1, 1.0))  # melanin lies over it
    absorbed = (-BLOOD_ABSORBS / GAMMA).astype(np.float32)
    colour[canvas.skin_rows] *= np.exp(amount[canvas.skin_rows, None].astype(np.float32) * absorbed)
