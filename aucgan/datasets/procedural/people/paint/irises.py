"""Irises with their fibres and dark rim, pupils, and a sclera with vessels and a shade under the lids."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas
from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.skin.face_regions import soft_step

SCLERA = np.array([0.74, 0.695, 0.67])
PUPIL = np.array([0.02, 0.018, 0.018])
PUPILS = (0.0016, 0.0028)
"""Radii that pupils have, metres."""
FIBRES = 26


def paint_irises(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Paint the eyeballs of ``(S·S, 3)``."""
    rows = np.flatnonzero(canvas.parts == "eyeball")
    offset = canvas.position[rows] * np.where(canvas.position[rows, :1] < 0, [-1, 1, 1], [1, 1, 1]) - anatomy.EYE_CENTRE
    radius = np.where(offset[:, 2] > 0, np.hypot(offset[:, 0], offset[:, 1]), 1.0)
    turn = np.arctan2(offset[:, 1], offset[:, 0])
    fibres = 0.5 * np.sin(FIBRES * turn + rng.uniform(0, 6)) + 0.5 * np.sin(0.61 * FIBRES * turn + rng.uniform(0, 6))
    share = np.clip(radius / anatomy.IRIS_RADIUS, 0.0, 1.2)
    bright = 1.0 + 0.14 * fibres + 0.25 * np.exp(-(((share - 0.55) / 0.18) ** 2))
    rim = soft_step(share - 0.88, 0.14)
    iris = look.iris * (bright * (1.0 - 0.65 * rim))[:, None]
    sclera = SCLERA * (1.0 - rng.uniform(0.0, 1.5) * np.array([0.0, 0.03, 0.05]))
    corner = soft_step(radius - 0.0095, 0.004)[:, None]
    lid = np.clip(1.0 - 0.45 * soft_step(offset[:, 1] - 0.0035, 0.004), 0.0, 1.0)[:, None]  # its shade
    white = sclera * (1.0 - corner * np.array([0.06, 0.18, 0.18])) * lid
    paint = white + (iris - white) * soft_step(anatomy.IRIS_RADIUS - radius, 0.0006)[:, None]
    paint = paint + (PUPIL - paint) * soft_step(rng.uniform(*PUPILS) - radius, 0.0005)[:, None]
    colour[rows] = paint
