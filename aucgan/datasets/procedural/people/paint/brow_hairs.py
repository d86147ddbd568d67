"""Eyebrows and lashes, hair by hair."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.people.paint.canvas import Canvas, over
from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.reference.curves import resampled

BROW = np.array([[0.138, 0.168], [0.265, 0.197], [0.400, 0.217], [0.530, 0.205], [0.645, 0.152]])
"""Middle line of people's left brow from its head to its tail, seen from the front: from the middle between the eyes,
over the distance of their outer corners (the mean of photos annotated with 68 points, which lie at the upper edge)."""
HALF_HEIGHT = np.array([3.4, 4.0, 3.5, 2.5, 0.8]) / 1000.0
"""Half its height at these points, metres."""
HAIRS = 230
"""Of a dense eyebrow, on each side."""
LENGTH = (0.0032, 0.0058)
LEAN = np.deg2rad([62.0, 8.0])
"""Direction in which hairs grow over the curve of the brow, at its head and at its tail."""
TRACE = 2.5
"""How far from the brow of the linear model its trace is looked for, millimetres."""


@dataclass(frozen=True)
class BrowShape:
    """How one person's brows lie; lengths are shares of the distance of the eyes' outer corners.

    Attributes:
        up: Shift.
        arch: Factor on how far the middle lies above the line from head to tail.
        slant: How much higher the tail lies, and how much lower the head.
        thick: Factor on the height.
        inward: Shift of the head towards the nose.
        outward: Shift of the tail towards the temple.
    """

    up: float
    arch: float
    slant: float
    thick: float
    inward: float
    outward: float

    @classmethod
    def draw(cls, rng: np.random.Generator, woman: bool) -> BrowShape:
        """Draw a person's: men's are lower, flatter and thicker."""
        up, arch, slant, thick = (0.006, 1.05, 0.006, 0.86) if woman else (-0.014, 0.70, 0.0, 1.12)
        return cls(
            up=rng.normal(up, 0.014),
            arch=float(np.clip(rng.normal(arch, 0.28), 0.2, 1.7)),
            slant=rng.normal(slant, 0.014),
            thick=thick * float(np.exp(rng.normal(0.0, 0.24))),
            inward=rng.normal(0.0, 0.015),
            outward=rng.normal(0.0, 0.022),
        )

    def curve(self) -> np.ndarray:
        """The middle line of the left brow, ``(5, 2)``, as :data:`BROW`."""
        along = (BROW[:, 0] - BROW[0, 0]) / np.ptp(BROW[:, 0])
        line = BROW[0, 1] + (BROW[-1, 1] - BROW[0, 1]) * along
        height = line + self.arch * (BROW[:, 1] - line) + self.up + self.slant * (along - 0.5)
        return np.stack([BROW[:, 0] - self.inward * (1.0 - along) + self.outward * along, height], axis=1)


def paint_brows(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw both eyebrows onto ``(S·S, 3)``, in place of those that the linear model has."""
    _shave(colour, canvas)
    shape = BrowShape.draw(rng, look.woman)
    lines, shares = [], []
    for side in (1.0, -1.0):
        uneven = rng.normal(0.0, 0.004)
        curve = resampled(canvas.from_eyes(resampled(shape.curve() + [0.0, uneven], 24)))
        hairs, opacity = _hairs(curve, shape.thick, int(HAIRS * look.brows * rng.uniform(0.9, 1.1)), rng)
        body, _ = _hairs(curve, 0.7 * shape.thick, 70, rng)
        lines += [hairs * [side, 1.0], body * [side, 1.0]]
        shares += [opacity, np.full(len(body), 0.2 + 0.45 * look.brows)]
    hairs = canvas.strokes(np.concatenate(lines), np.concatenate(shares))
    over(colour, look.brow_colour, 0.95 * hairs)


def _hairs(curve: np.ndarray, thick: float, count: int, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Hairs along a curve ``(n, 2)``: their points ``(count, 3, 2)`` and opacities ``(count,)``."""
    stations = np.linspace(0, 1, len(curve))
    half = np.interp(stations, np.linspace(0, 1, len(HALF_HEIGHT)), HALF_HEIGHT) * thick
    along = rng.beta(1.0, 1.15, count)
    row = (along * (len(curve) - 1)).astype(int)
    tangent = np.gradient(curve, axis=0)[row]
    tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
    normal = np.stack([-tangent[:, 1], tangent[:, 0]], axis=1)
    across = np.clip(rng.normal(0.0, 0.5, count), -1.0, 0.9)
    root = curve[row] + normal * (half[row] * across)[:, None]
    lean = LEAN[0] + (LEAN[1] - LEAN[0]) * np.minimum(along * 2.2, 1.0) - 0.35 * across + rng.normal(0.0, 0.15, count)
    reach = rng.uniform(*LENGTH, count) * (0.5 + 0.5 * np.sin(np.pi * np.clip(along, 0.2, 0.95)))
    tip = root + (tangent * np.cos(lean)[:, None] + normal * np.sin(lean)[:, None]) * reach[:, None]
    ends = np.clip(np.minimum(along / 0.12, (1.0 - along) / 0.2), 0.25, 1.0)  # thinner at head and tail
    return np.stack([root, 0.5 * (root + tip) + 0.0004 * normal, tip], axis=1), ends * rng.uniform(0.5, 1.0, count)


def _shave(colour: np.ndarray, canvas: Canvas) -> None:
    """Lay the skin beside the linear model's brows over them, in ``(S·S, 3)``."""
    if not canvas.has("brow_trace"):
        canvas.keep("brow_trace", np.minimum(1.5 * canvas.regions.brow(thicker=TRACE, longer=1.0), 1.0))
    trace = canvas.mask("brow_trace")
    over(colour, colour[canvas.beside("brow_trace")], trace)


def paint_lashes(colour: np.ndarray, canvas: Canvas, look: Look, rng: np.random.Generator) -> None:
    """Draw the roots of the lashes and a line along both lids onto ``(S·S, 3)``."""
    if not canvas.has("lid_line"):
        upper = canvas.regions.line(anatomy.UPPER_LID, 1.0, 0.2)
        canvas.keep("lid_line", np.maximum(upper, 0.35 * canvas.regions.line(anatomy.LOWER_LID, 0.8, 0.4)))
    dark = np.array([0.05, 0.04, 0.04])
    over(colour, dark, canvas.mask("lid_line") * (0.35 + 0.5 * look.liner))
    del rng
