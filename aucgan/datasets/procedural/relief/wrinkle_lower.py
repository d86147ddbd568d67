"""Wrinkles of the lower face: cheeks, lips, chin, jaw."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.relief.creases import Bulge, Furrow
from aucgan.datasets.procedural.relief.wrinkle_code import WrinkleTraits
from aucgan.datasets.procedural.relief.wrinkle_upper import MM, Strokes, _mm, across_middle


def folds(traits: WrinkleTraits) -> Strokes:
    """Nasolabial fold: its whole length (AU12), its upper part (AU9 to AU11), and the cheek beside it (AU6)."""
    shift = np.array([0.9 * traits.fold_offset, 0.3 * traits.fold_offset]) * MM
    bow = np.sin(np.linspace(0, np.pi, len(anatomy.NASOLABIAL_FOLD)))[:, None] * np.array([0.9, 0.3])
    fold = anatomy.NASOLABIAL_FOLD[:, :2] + shift + bow * traits.fold_bow * MM
    parenthesis = fold[1:] + np.array([[9.5, 1.0]]) * MM
    width = traits.width * MM
    return {
        "nasolabial": [
            Furrow(fold, 2.3 * MM, 3.1 * width, (0.75, 0.2), (0.3, 0.25)),
            Bulge(_mm((37, -14))[0], np.array([9, 9]) * MM, 1.3 * MM),
        ],
        "nasolabial_upper": [
            Furrow(fold[:4], 2.2 * MM, 2.9 * width, (0.6, 0.25), (0.15, 0.5)),
            Bulge(_mm((25, -9))[0], np.array([5, 6]) * MM, 0.9 * MM),
        ],
        "lip_raise": [
            Furrow(_mm((8, -22), (14, -24), (20, -30)), 0.8 * MM, 2.4 * width),
            Bulge(_mm((13, -30))[0], np.array([6, 3]) * MM, 0.6 * MM),
        ],
        "cheek": [
            Furrow(parenthesis, 1.0 * MM, 2.8 * width, (0.5, 0.3), (0.4, 0.4)),
            Bulge(_mm((42, 3))[0], np.array([11, 7]) * MM, 1.2 * MM),
        ],
        "puff": [
            Furrow(_mm((27, -34), (31, -39), (31, -45)), 1.5 * MM, 2.4 * width, (0.6, 0.2)),
            Bulge(_mm((33, -28))[0], np.array([6, 6]) * MM, 1.5 * MM),
        ],
    }


def mouth_corners(traits: WrinkleTraits) -> Strokes:
    """Dimple (AU14), marionette line (AU15) and the arcs beside the corner (AU20)."""
    corner = anatomy.MOUTH_CORNER[:2]
    dimple = corner + np.array([6.0 + 0.5 * traits.fold_offset, 0.5]) * MM
    width = traits.width * MM
    arcs: list[Furrow | Bulge] = []
    for k, depth in enumerate((1.3, 1.2, 0.8)):
        x = 31.5 + 6.5 * k + 0.6 * traits.fold_offset
        curve = _mm((x - 2.5, -30 - k), (x, -38), (x + 0.5, -46), (x - 2.0, -56 + k))
        arcs.append(Furrow(curve, depth * MM, 2.4 * width, (0.4, 0.4), (0.4, 0.4)))
    return {
        "dimple": [
            Bulge(dimple, np.array([2.8, 4.0]) * MM, -2.2 * MM),
            Furrow(dimple + _mm((0.5, 8), (2.2, 0), (0.5, -8)), 1.0 * MM, 2.3 * width, (0.3, 0.6)),
        ],
        "marionette": [
            Furrow(anatomy.MARIONETTE_LINE[:, :2], 1.7 * MM, 2.6 * width, (0.6, 0.25), (0.1, 0.45)),
            Bulge(_mm((21, -52.5))[0], np.array([4.5, 3]) * MM, 0.8 * MM),
        ],
        "stretch": arcs,
    }


def lip_sides(traits: WrinkleTraits) -> Strokes:
    """Radial lines around the lips (AU18), pits below them (AU16), pressed and rolled borders (AU22 to AU24)."""
    radial: list[Furrow | Bulge] = []
    for k in range(3):
        x = 3.6 + 6.8 * k + 0.7 * traits.lip_phase
        upper = _mm((x * 1.1, -26.5 - 0.15 * x), (x, -34.0 - 0.16 * x))
        lower = _mm((x, -52.5 + 0.13 * x), (x * 1.05, -59.5 + 0.15 * x))
        radial += [Furrow(c, 0.85 * MM, 2.0 * MM, (0.5, 0.5)) for c in (upper, lower)]
    above = across_middle(anatomy.UPPER_LIP_OUTER[1:, :2]) + np.array([0, 3.4]) * MM
    below = across_middle(anatomy.LOWER_LIP_OUTER[1:, :2]) - np.array([0, 2.6]) * MM
    width = traits.width * MM
    return {
        "lip_lines": radial,
        "lip_tight": [
            Furrow(above, 0.9 * MM, 2.0 * width, (0.3, 0.5), (0.2, 0.25)),
            Furrow(below, 1.0 * MM, 2.0 * width, (0.4, 0.3), (0.2, 0.25)),
        ],
        "lip_press": [
            Bulge(_mm((12, -30.5))[0], np.array([9, 3]) * MM, 1.3 * MM),
            Bulge(_mm((12, -57.5))[0], np.array([9, 3]) * MM, 1.3 * MM),
            Furrow(_mm((26, -37), (28.5, -43), (26.5, -49)), 1.2 * MM, 2.3 * width),
        ],
        "lip_funnel": [
            Furrow(above + np.array([0, 4.0]) * MM, 1.2 * MM, 2.8 * width, (0.2, 0.8), (0.3, 0.25)),
            Furrow(below - np.array([0, 3.0]) * MM, 1.3 * MM, 2.8 * width, (0.8, 0.2), (0.3, 0.25)),
        ],
        "lower_lip": [
            Furrow(_mm((13, -56), (18, -56.5), (23, -60)), 1.3 * MM, 2.3 * width, (0.3, 0.5)),
            Bulge(_mm((14, -62))[0], np.array([6, 4]) * MM, -0.9 * MM),
        ],
        "parted": [Furrow(_mm((24, -46), (20, -56), (19, -63)), 0.7 * MM, 2.6 * width)],
    }


def jaw(traits: WrinkleTraits) -> Strokes:
    """Hollow of the stretched cheek and the long line beside the mouth (AU26, AU27)."""
    width = traits.width * MM
    line = _mm((38, -20), (41, -34), (40, -48), (35, -62))
    return {
        "drop": [
            Bulge(_mm((46, -28))[0], np.array([9, 13]) * MM, -1.3 * MM),
            Furrow(_mm((30, -52), (28, -62), (24, -71)), 0.8 * MM, 2.6 * width),
        ],
        "wide": [
            Furrow(line, 1.5 * MM, 3.0 * width, (0.4, 0.4), (0.4, 0.4)),
            Bulge(_mm((52, -24))[0], np.array([8, 15]) * MM, -1.5 * MM),
        ],
    }


def lower_middle(traits: WrinkleTraits) -> Strokes:
    """Furrow below the lip and cobblestones of the chin (AU17), bitten lip (AU32), lip over the tongue (AU19)."""
    y = anatomy.MENTOLABIAL_SULCUS[1] / MM
    sulcus = _mm((-17, y - 4.5), (-9, y - 0.8), (0, y), (9, y - 0.8), (17, y - 4.5))
    chin = _mm((0, y - 13))[0]
    phase = (1.2 * traits.grain, 1.2 * traits.lip_phase)
    width = traits.width * MM
    return {
        "mentolabial": [Furrow(sulcus, 1.8 * MM, 3.0 * width, (0.3, 0.4), (0.3, 0.3))],
        "chin": [
            Bulge(chin, np.array([10, 7.5]) * MM, 0.75 * MM, bumps=7.0 * MM, phase=phase),
            Bulge(chin, np.array([11, 7]) * MM, 1.0 * MM),
        ],
        "bite": [
            Bulge(_mm((0, -50))[0], np.array([11, 3]) * MM, -1.5 * MM),
            Bulge(_mm((0, -65))[0], np.array([12, 4]) * MM, 1.4 * MM),
        ],
        "tongue": [
            Bulge(_mm((0, -57))[0], np.array([13, 3.5]) * MM, 1.3 * MM),
            Furrow(sulcus - np.array([0, 4.0]) * MM, 1.0 * MM, 2.6 * width),
        ],
    }
