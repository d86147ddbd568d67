"""All that is painted over the linear albedo of a person, in order."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.blood import paint_blood
from aucgan.datasets.procedural.people.paint.brow_hairs import paint_brows, paint_lashes
from aucgan.datasets.procedural.people.paint.canvas import Canvas
from aucgan.datasets.procedural.people.paint.irises import paint_irises
from aucgan.datasets.procedural.people.paint.makeup import paint_makeup
from aucgan.datasets.procedural.people.paint.scalp import paint_scalp
from aucgan.datasets.procedural.people.paint.spots import paint_mottle, paint_spots, paint_veins
from aucgan.datasets.procedural.people.paint.teeth import paint_teeth
from aucgan.datasets.procedural.people.paint.whiskers import paint_beard

Layer = Callable[[np.ndarray, Canvas, Look, np.random.Generator], None]
LAYERS: tuple[Layer, ...] = (
    paint_blood, paint_mottle, paint_veins, paint_spots, paint_makeup, paint_scalp, paint_beard, paint_brows,
    paint_lashes, paint_irises, paint_teeth,
)  # fmt: skip
"""From the skin outward."""


def paint_extras(albedo: np.ndarray, canvas: Canvas, look: Look, seed: tuple[int, ...]) -> np.ndarray:
    """Paint a person's extras.

    Args:
        albedo: What the linear model says, sRGB, ``(S, S, 3)``; not modified.
        canvas: Of the head.
        look: Of the person.
        seed: Of the person; every layer draws from a stream of its own.

    Returns:
        ``(S, S, 3)`` float32 in [0, 1].
    """
    colour = np.clip(albedo, 0.0, 1.0).reshape(-1, 3).astype(np.float32)
    for number, layer in enumerate(LAYERS):
        layer(colour, canvas, look, np.random.default_rng([*seed, number]))
    return np.clip(colour, 0.0, 1.0).reshape(albedo.shape)
