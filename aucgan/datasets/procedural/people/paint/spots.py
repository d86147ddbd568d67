"""Freckles, moles, age spots, broken vessels, and a colour of the skin that is nowhere even."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over

FRECKLES, FRECKLE_RADIUS = 260, (0.0003, 0.0008)
AGE_SPOTS, AGE_SPOT_RADIUS = 26, (0.001, 0.0035)
MOLE_OPACITY = (0.1, 0.6)
MOTTLE = 0.016
"""Deviation of an average skin's colour from even, as a share of it."""


def paint_mottle(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Make blood and pigment uneven at all scales, in ``(S·S, 3)``."""
    weights = rng.normal(0.0, 1.0, (2, len(canvas.noises))) * np.linspace(1.0, 0.35, len(canvas.noises))
    blood, pigment = weights / np.sqrt((weights**2).sum(1, keepdims=True))
    channels = np.stack([-0.5 * pigment, -0.9 * blood - 0.7 * pigment, -0.7 * blood - 0.9 * pigment])
    change = (MOTTLE * look.mottle * channels).astype(np.float32) @ canvas.noises
    colour[canvas.skin_rows] *= 1.0 + change.T[canvas.skin_rows]


def paint_spots(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw freckles, age spots and moles onto ``(S·S, 3)``."""
    brown = look.skin * [0.72, 0.56, 0.46]
    count = int(FRECKLES * look.freckles)
    if count > 8:
        points = rng.normal([0.0, 0.006], [0.034, 0.022], (count, 2))
        over(
            colour, brown, 0.55 * canvas.dots(points, rng.uniform(*FRECKLE_RADIUS, count), rng.uniform(0.2, 0.8, count))
        )
    count = int(AGE_SPOTS * look.spots)
    if count:
        side = rng.choice([-1.0, 1.0], count)
        points = np.stack([side * rng.normal(0.05, 0.014, count), rng.uniform(-0.03, 0.10, count)], axis=1)
        over(
            colour, brown, 0.4 * canvas.dots(points, rng.uniform(*AGE_SPOT_RADIUS, count), rng.uniform(0.3, 0.9, count))
        )
    if look.moles:
        points, radii = np.stack([mole.place for mole in look.moles]), np.array([mole.radius for mole in look.moles])
        over(colour, 0.7 * brown, canvas.dots(points, 0.8 * radii, rng.uniform(*MOLE_OPACITY, len(radii))))


def paint_veins(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw broken vessels on cheeks and wings of the nose onto ``(S·S, 3)``."""
    count = int(60 * look.veins)
    if count < 3:
        return
    centre = np.array([[0.036, -0.004], [-0.036, -0.004], [0.014, -0.008], [-0.014, -0.008]])[
        rng.integers(4, size=count)
    ]
    steps = rng.normal(0.0, 0.0016, (count, 5, 2))
    lines = np.cumsum(np.concatenate([(centre + rng.normal(0, 0.009, (count, 2)))[:, None], steps], axis=1), axis=1)
    over(colour, look.skin * [0.95, 0.55, 0.55], 0.4 * canvas.strokes(lines, rng.uniform(0.2, 0.8, count)))
