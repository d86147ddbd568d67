"""Stubble and beards."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over

PARTS: dict[str, tuple[float, float, float]] = {
    "none": (0.0, 0.0, 0.0), "stubble": (1.0, 1.0, 0.9), "moustache": (0.12, 0.12, 1.0), "goatee": (0.15, 1.0, 0.9),
    "full": (1.0, 1.0, 1.0),
}  # fmt: skip
"""Kind → share of the cheeks, the chin and the upper lip that grows."""
STUBBLE = (0.10, 0.30)
"""Opacity of the shade of shaven hair, the least and the most."""
HAIRS = 900


def paint_beard(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw what grows on a man's face onto ``(S·S, 3)``."""
    if look.woman:
        return
    shares = PARTS[look.beard]
    parts = [canvas.mask(f"beard_{part}") for part in ("cheeks", "chin", "moustache")]
    shade = np.maximum.reduce(parts) * (0.5 + 0.25 * canvas.noises[5].clip(-1, 1))
    over(colour, 0.55 * look.hair_colour + 0.18, 0.16 * shade)
    if look.beard == "none":
        return
    region = np.maximum.reduce([share * part for share, part in zip(shares, parts, strict=True)])
    # Beards thin out at their borders in clumps, not along a line.
    clumps = region + 0.14 * canvas.noises[6] * (region > 0.02) + 0.05 * canvas.noises[9] * (region > 0.02)
    dense = np.clip((clumps - 0.18) / 0.70, 0.0, 1.0)
    if look.beard == "stubble":
        grain = np.clip(0.85 + 0.2 * canvas.noises[11], 0.4, 1.2)
        amount = STUBBLE[0] + (STUBBLE[1] - STUBBLE[0]) * look.beard_amount
        over(colour, 0.6 * look.hair_colour + 0.05, np.clip(dense * amount * grain, 0.0, 0.9))
        return
    opacity = 0.35 + 0.50 * look.beard_amount
    over(colour, 0.8 * look.hair_colour, dense * opacity)
    light = canvas.strokes(_hairs(canvas, region, rng), rng.uniform(0.2, 0.8, HAIRS))
    over(colour, np.clip(1.35 * look.hair_colour + 0.04, 0, 1), light * dense * 0.55)
    dark = canvas.strokes(_hairs(canvas, region, rng), rng.uniform(0.2, 0.8, HAIRS))
    over(colour, 0.5 * look.hair_colour, dark * dense * 0.6)


def _hairs(canvas: Canvas, region: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Hairs that grow down and outward where a beard is, ``(HAIRS, 2, 2)`` metres."""
    rows = np.flatnonzero(region > 0.3)
    root = canvas.position[rng.choice(rows, HAIRS), :2] + rng.normal(0.0, 0.001, (HAIRS, 2))
    down = np.stack([0.35 * root[:, 0] / 0.05 + rng.normal(0, 0.3, HAIRS), -np.ones(HAIRS)], axis=1)
    return np.stack([root, root + 0.006 * down * rng.uniform(0.5, 1.2, (HAIRS, 1))], axis=1)
