"""The skin under the hair: as dark as what grows there, or bare."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over

SHAVEN = 0.22
"""Opacity of the shade of hair on a bald head that is shaven."""


def paint_scalp(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Paint what hair covers in ``(S·S, 3)``."""
    cap = canvas.mask("hair")
    if look.hair == "bald":
        over(colour, look.skin * rng.uniform(0.94, 1.0), cap)
        over(colour, 0.6 * look.hair_colour + 0.1, SHAVEN * rng.uniform(0.0, 1.0) * cap)
        return
    receded = cap
    if look.receding > 1.0:
        receded = (canvas.regions.hair(1.1 * look.receding) * canvas.skin).astype(np.float32)
        over(colour, look.skin, np.clip(cap - receded, 0.0, 1.0))
    grain = np.clip(0.88 + 0.12 * canvas.noises[10], 0.0, 1.0)
    over(colour, 0.85 * look.hair_colour, receded * grain * (0.75 if look.hair == "buzz" else 0.95))
