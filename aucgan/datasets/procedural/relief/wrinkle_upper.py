"""Wrinkles of the upper face: forehead, glabella, eyes, root of the nose."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.relief.creases import Bulge, Furrow
from aucgan.datasets.procedural.relief.wrinkle_code import WrinkleTraits

Strokes = dict[str, list[Furrow | Bulge]]
MM = 0.001


def _mm(*points: tuple[float, float]) -> np.ndarray:
    return np.array(points, dtype=np.float64) * MM


def across_middle(curve: np.ndarray) -> np.ndarray:
    """Lead a curve that ends on the midline 3 mm past it, where the fading ends of both sides add up to one line."""
    return np.concatenate([curve, curve[-1:] + np.array([-3.0 * MM, 0.0])])


def forehead(traits: WrinkleTraits) -> Strokes:
    """Horizontal lines: over the nose for the inner brow (AU1), arched over the tail for the outer (AU2)."""
    spacing = (9.5 + 1.0 * traits.forehead_spacing) * MM
    lift = 1.3 * MM * traits.forehead_phase
    wave = 1.1 * MM * traits.waviness
    inner: list[Furrow | Bulge] = []
    outer: list[Furrow | Bulge] = []
    for row in range(4):
        height = lift + (10.5 * MM + row * spacing)
        x = np.linspace(-5, 27, 6) * MM
        y = 0.0525 + height - 0.0022 * (x / 0.027) ** 2 + wave * np.sin(x / 0.009 + row + traits.waviness)
        depth = (1.25, 1.3, 1.0, 0.6)[row] * MM
        inner.append(Furrow(np.column_stack([x, y]), depth, 2.5 * MM * traits.width, (0.4, 0.3), (0.31, 0.4)))
        arch = anatomy.BROW[1:, :2] * np.array([1.0, 0.72]) + np.array([0.0, 0.0145 + height])
        arch = arch + np.array([0.0, 0.6]) * wave
        outer.append(Furrow(arch, depth, 2.5 * MM * traits.width, (0.4, 0.3), (0.45, 0.35)))
    inner.append(Bulge(_mm((9, 56))[0], np.array([8, 4]) * MM, 0.7 * MM))
    outer.append(Bulge(_mm((42, 56))[0], np.array([9, 3.5]) * MM, 0.7 * MM))
    return {"forehead_inner": inner, "forehead_outer": outer[:3] + outer[4:]}


def glabella(traits: WrinkleTraits) -> Strokes:
    """The vertical "eleven" between the brows, the corrugator's bulge above and dimple beside it (AU4)."""
    x = 7.2 + 0.9 * traits.glabella_spread
    line = _mm((x - 1.6, 36.5), (x - 0.6, 43), (x, 50), (x + 1.4, 58), (x + 3.0, 64))
    second = _mm((x + 6.0, 49), (x + 7.0, 55), (x + 8.5, 60))
    return {
        "glabella": [
            Furrow(line, 1.9 * MM, 2.5 * MM * traits.width, (0.35, 0.55), (0.3, 0.45)),
            Furrow(second, 0.7 * MM, 2.2 * MM * traits.width),
            Bulge(_mm((14, 44.5))[0], np.array([7, 3.5]) * MM, 1.1 * MM),
            Bulge(_mm((24, 62))[0], np.array([6, 4]) * MM, -0.7 * MM),
        ]
    }


def eyes(traits: WrinkleTraits) -> Strokes:
    """Crow's feet (AU6), lines and pouch under the eye (AU7, AU6), fold of the upper lid (AU5)."""
    origin = anatomy.CROWS_FEET_ORIGIN[:2] + np.array([1.5, 0]) * MM
    fan: list[Furrow | Bulge] = []
    for k, angle in enumerate((34.0, 8.0, -20.0, -46.0)):
        turn = np.deg2rad(angle * (1 + 0.10 * traits.crow_spread) + 5.0 * traits.crow_phase)
        length = (13.0, 16.0, 16.0, 14.0)[k] * MM
        direction, bend = np.array([np.cos(turn), np.sin(turn)]), np.array([-np.sin(turn), np.cos(turn)])
        steps = np.linspace(0.08, 1, 5)[:, None]
        curve = origin + direction * steps * length + bend * steps**2 * length * (-0.12 if angle > 0 else 0.1)
        fan.append(Furrow(curve, (1.0, 1.3, 1.25, 0.9)[k] * MM, 2.1 * MM * traits.width, (0.4, 0.4), (0.25, 0.5)))
    fan.append(Bulge(_mm((43, 13))[0], np.array([9, 5]) * MM, 0.9 * MM))
    lower = anatomy.LOWER_LID[1:-1, :2] - np.array([0, 4.2]) * MM
    trough = anatomy.TEAR_TROUGH[:, :2]
    crease = anatomy.LID_CREASE[1:, :2]
    return {
        "crows_feet": fan,
        "lower_lid": [
            Furrow(lower, 1.1 * MM, 2.1 * MM * traits.width, (0.75, 0.3)),
            Furrow(trough, 0.9 * MM, 2.8 * MM * traits.width, (0.6, 0.3)),
        ],
        "upper_lid": [
            Furrow(crease, 1.2 * MM, 2.1 * MM, (0.5, 0.5), (0.2, 0.2)),
            Bulge(_mm((33, 46))[0], np.array([9, 2.5]) * MM, 0.5 * MM),
        ],
    }


def nose(traits: WrinkleTraits) -> Strokes:
    """Oblique "bunny lines" (AU9), the crease of the wing (AU38) and its hollow (AU39)."""
    bunny: list[Furrow | Bulge] = []
    for k, depth in enumerate((1.1, 1.2, 0.8)):
        y = 27.0 - 6.0 * k + 0.7 * traits.waviness
        curve = _mm((3.0, y + 1.5), (7.5, y - 0.5), (12.5, y - 4.5), (16.0, y - 9.5))
        bunny.append(Furrow(curve, depth * MM, 2.1 * MM * traits.width, (0.45, 0.45), (0.35, 0.4)))
    alar = _mm((11.5, -1.0), (16.5, -2.0), (20.5, -7.0), (20.0, -13.0))
    wing = anatomy.ALA[:2] + np.array([-3.0, 1.0]) * MM
    return {
        "bunny": bunny,
        "alar": [
            Furrow(alar, 1.9 * MM, 2.2 * MM * traits.width, (0.3, 0.4)),
            Bulge(wing, np.array([4, 4]) * MM, 1.2 * MM),
        ],
        "alar_pinch": [
            Bulge(wing, np.array([4.5, 5]) * MM, -2.0 * MM),
            Furrow(_mm((11, 8), (14, 2), (18, -3)), 0.8 * MM, 2.4 * MM * traits.width),
        ],
    }


def upper_middle(traits: WrinkleTraits) -> Strokes:
    """Lines across the root of the nose (AU9 and AU4)."""
    y = anatomy.SELLION[1] / MM
    lines = [
        Furrow(_mm((-9, y + d - 1.5), (0, y + d), (9, y + d - 1.5)), depth * MM, 2.2 * MM * traits.width)
        for d, depth in ((0.5 + 0.6 * traits.waviness, 1.5), (-6.0, 0.9))
    ]
    return {"nose_root": [*lines, Bulge(_mm((0, 44))[0], np.array([6, 5]) * MM, 0.7 * MM)]}
