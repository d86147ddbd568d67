"""Eyebrows and lashes, hair by hair."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over
from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.reference.curves import resampled

HAIRS = 170
"""Of a dense eyebrow, on each side."""
LENGTH = (0.0035, 0.0062)
LEAN = np.deg2rad([55.0, 12.0])
"""Direction in which hairs grow over the curve of the brow, at its head and at its tail."""


def paint_brows(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw both eyebrows onto ``(S·S, 3)``."""
    up, thick = rng.normal(-0.001, 0.0018), float(np.clip(rng.normal(0.9, 0.16), 0.6, 1.35)) * (0.55 + 0.5 * look.brows)
    curve = resampled(anatomy.BROW[:, :2])
    curve = curve + np.array([0.0, up]) + np.linspace(-0.5, 0.5, len(curve))[:, None] * [0.0, rng.normal(0.0, 0.003)]
    half = np.interp(np.linspace(0, 1, len(curve)), np.linspace(0, 1, 5), anatomy.BROW_HALF_HEIGHT) * thick
    lines, shares = [], []
    for side in (1.0, -1.0):
        count = int(HAIRS * look.brows * rng.uniform(0.9, 1.1))
        along = rng.beta(0.95, 1.05, count)
        row = (along * (len(curve) - 1)).astype(int)
        tangent = np.gradient(curve, axis=0)[row]
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
        root = curve[row] + normal * (half[row] * rng.uniform(-1.0, 0.75, count))[:, None]
        lean = LEAN[0] + (LEAN[1] - LEAN[0]) * np.minimum(along * 2.2, 1.0) + rng.normal(0.0, 0.2, count)
        reach = rng.uniform(*LENGTH, count) * (0.55 + 0.6 * np.sin(np.pi * np.clip(along, 0.15, 1.0)))
        tip = root + (tangent * np.cos(lean)[:, None] + normal * np.sin(lean)[:, None]) * reach[:, None]
        lines.append(np.stack([root, 0.5 * (root + tip) + 0.0004 * normal, tip], axis=1) * [side, 1.0])
        shares.append(rng.uniform(0.55, 1.0, count))
    hairs = canvas.strokes(np.concatenate(lines), np.concatenate(shares))
    under = canvas.mask("brow") * (0.25 * look.brows)
    over(colour, look.brow_colour, np.maximum(0.8 * hairs, under))


def paint_lashes(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw the roots of the lashes and a line along both lids onto ``(S·S, 3)``."""
    if not canvas.has("lid_line"):
        upper = canvas.regions.line(anatomy.UPPER_LID, 1.0, 0.2)
        canvas.keep("lid_line", np.maximum(upper, 0.35 * canvas.regions.line(anatomy.LOWER_LID, 0.8, 0.4)))
    dark = np.array([0.05, 0.04, 0.04])
    over(colour, dark, canvas.mask("lid_line") * (0.35 + 0.5 * look.liner))
    del rng
