"""Some people of a head model, plainly coloured, to be rendered and labelled."""

from __future__ import annotations

import numpy as np

from aucgan.apis.embedding.plain_render import PosedHeads
from aucgan.arkit import arkit_name
from aucgan.heads.head import Head

PEOPLE, WIDTH = 12, 0.7
"""How many people are drawn, and the standard deviation of their identity coefficients; the first is the mean head."""
OPENED = 0.4
"""Weight of jawOpen in the renders that tell the lips apart."""
COLOURS: dict[str, tuple[float, float, float]] = {
    "eyeball": (0.92, 0.9, 0.88),
    "teeth": (0.9, 0.88, 0.8),
    "mouth": (0.35, 0.15, 0.15),
    "tongue": (0.6, 0.3, 0.3),
    "lip": (0.72, 0.42, 0.38),
}
"""RGB by the beginning of a part's name; everything else has the colour of skin."""
SKIN_COLOUR, IRIS_COLOUR = (1.0, 0.78, 0.66), (0.2, 0.14, 0.1)
IRIS_HALF_ANGLE = 28.0
"""Degrees between the axis of an eyeball and the rim of its iris."""
NO_LANDMARKS = ("eyeball", "teeth", "mouth", "tongue", "clear")
"""Parts that landmarks do not lie on, by the beginning of their names."""


def sample_people(head: Head, count: int = PEOPLE, seed: int = 0) -> PosedHeads:
    """Draw people of a head.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        count: How many; the first is the mean head.
        seed: Of the drawing.
    """
    rest, names = np.asarray(head.v_template, np.float64), [arkit_name(name) for name in head.expression_names]
    identity = np.asarray(head.shapedirs[..., : head.n_identity])
    coefficients = np.random.default_rng(seed).normal(0, WIDTH, (count, identity.shape[-1]))
    coefficients[0] = 0
    people = rest + np.einsum("vck,nk->nvc", identity, coefficients.astype(identity.dtype), optimize=True)
    opened = people[:0]
    if "jawOpen" in names:
        opened = people + OPENED * head.shapedirs[..., head.n_identity + names.index("jawOpen")]
    parts = head.vertex_parts
    skin = ~np.array([part.startswith(NO_LANDMARKS) for part in parts])
    return PosedHeads(rest, head.faces, people, opened, skin, _colours(rest, parts))


def _colours(rest: np.ndarray, parts: np.ndarray) -> np.ndarray:
    colours = np.tile(np.array(SKIN_COLOUR), (len(rest), 1))
    for start, colour in COLOURS.items():
        colours[[part.startswith(start) for part in parts]] = colour
    for side in (1, -1):
        ball = np.array([part.startswith("eyeball") for part in parts]) & (side * rest[:, 0] > 0)
        if ball.any():
            away = rest - 0.5 * (rest[ball].min(0) + rest[ball].max(0))
            ahead = away[:, 2] > np.cos(np.radians(IRIS_HALF_ANGLE)) * np.linalg.norm(away, axis=1)
            colours[ball & ahead] = IRIS_COLOUR
    return colours
