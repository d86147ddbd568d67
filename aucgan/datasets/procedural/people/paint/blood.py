"""Blood under the skin of the face: cheeks, nose, ears and chin are redder than what a tone is read from."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas
from aucgan.datasets.procedural.people.skin_tone import BLOOD_ABSORBS

EVERYWHERE = 0.36
"""Blood of a pale face beyond that of the tone, in the unit of ``skin_colour``."""
GAMMA = 2.2


def neck_colour(look: Look) -> np.ndarray:
    """Skin below the face with what blood it has on average, sRGB ``(3,)``."""
    return look.skin * _passed(np.array(EVERYWHERE), look)


def _passed(amount: np.ndarray, look: Look) -> np.ndarray:
    """Share of a photo's values that amounts of blood ``(...)`` leave, ``(..., 3)``; melanin lies over it."""
    shown = np.clip((look.skin.mean() - 0.35) / 0.5, 0.1, 1.0)
    return np.exp(-shown * amount[..., None] * BLOOD_ABSORBS / GAMMA)


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
    colour[canvas.skin_rows] *= _passed(amount[canvas.skin_rows], look).astype(np.float32)
