"""The lines of people, and how far an expression folds each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from scipy import sparse

from aucgan.action_units import SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.relief.strokes.bundles import MM, Bundle
from aucgan.datasets.procedural.relief.strokes.canvas import SkinCanvas
from aucgan.datasets.procedural.relief.strokes.lines import (
    Draws,
    Warp,
    border_samples,
    draw_lines,
    line_heights,
    line_points,
    other_side,
)
from aucgan.datasets.procedural.relief.strokes.lower_face import CHEEKS, MOUTH
from aucgan.datasets.procedural.relief.strokes.upper_face import UPPER_FACE

BUNDLES: dict[str, Bundle] = UPPER_FACE | CHEEKS | MOUTH
"""All bundles by name."""
SIDES = ("L", "R")
PUSHED = 0.6
"""Swelling of people over that of their bundles: what deep folds take in does not bulge."""
Key = tuple[str, str | None]
_MIRROR = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class PersonLines:
    """One person's lines, ``n`` of them.

    Attributes:
        keys: The bundle and side of each (``L``, ``R``, or ``None`` in the middle).
        reliefs: Their reliefs at the full fold, metres, sparse ``(T, n)``.
        threshold: Share of the full fold at which each appears, ``(n,)``.
        rest: Share of the full depth that stays at rest, ``(n,)``.
        gains: How strongly this person's skin folds in a bundle, by name and side.
        swelling: Factor on the skin pushed together.
    """

    keys: list[Key]
    reliefs: sparse.csc_array
    threshold: np.ndarray
    rest: np.ndarray
    gains: dict[Key, float]
    swelling: float


class StrokeProcess:
    """Relief from action units, by lines along anatomical paths.

    Args:
        position: Where the texels lie on the reference, ``(T, 3)`` metres.
        normal: Their unit normals there, ``(T, 3)``.
        texel: Distance of neighbouring texels, metres.
    """

    def __init__(self, position: np.ndarray, normal: np.ndarray, texel: float) -> None:
        self._canvas = SkinCanvas(position, normal, texel)
        self._count = len(position)
        self._borders = np.stack([border_samples(bundle) for bundle in BUNDLES.values()])
        keys = [(name, side) for name, bundle in BUNDLES.items() for side in ((None,) if bundle.middle else SIDES)]
        self._keys, self._swellings = keys, np.stack([_swelling(BUNDLES[key[0]], key[1], position) for key in keys])

    def person(self, traits: Mapping[str, float], rng: np.random.Generator) -> PersonLines:
        """Draw a person's lines.

        Args:
            traits: ``lined``, ``depth``, ``width``, ``breaks`` and ``lopsided``, see
                :class:`~aucgan.datasets.procedural.relief.wrinkle_code.WrinkleTraits`.
            rng: The person's source of randomness.
        """
        warp, gains, drawn, keys, rest = Warp(rng), dict[Key, float](), list[Draws](), list[Key](), list[np.ndarray]()
        for name, bundle in BUNDLES.items():
            gain = traits["depth"] * rng.lognormal(0.0, 0.4)
            stays = np.clip(bundle.rest[1] + bundle.rest[0] * traits["lined"] * rng.lognormal(0.0, 0.4), 0.0, 0.9)
            draws = draw_lines(bundle, traits, rng)
            for side in (None,) if bundle.middle else SIDES:
                gains[name, side] = gain * rng.lognormal(0.0, 0.12 * traits["lopsided"])
                lines = draws if side != "R" else other_side(draws, traits, rng)
                drawn.append(lines)
                rest.append(stays * rng.uniform(0.5, 1.2, len(lines.across)))
                keys += [(name, side)] * len(lines.across)
        lines = Draws.joined(drawn)
        reliefs = self._on_texels(keys, lines, warp)
        swelling = PUSHED * float(rng.lognormal(0.0, 0.3))
        return PersonLines(keys, reliefs, lines.threshold, np.concatenate(rest), gains, swelling)

    def relief(self, person: PersonLines, aus: np.ndarray) -> np.ndarray:
        """Relief of several expressions of one person, ``(B, T)`` float32 metres, for action units ``(B, 41)``."""
        folds = {key: bundle_folds(*key, aus) for key in self._keys}
        swollen = np.stack([person.swelling * person.gains[key] * folds[key] for key in self._keys], axis=1)
        relief = swollen.astype(np.float32) @ self._swellings
        if person.keys:
            folded, gains = np.stack([folds[key] for key in person.keys]), [person.gains[key] for key in person.keys]
            threshold, rest = person.threshold[:, None], person.rest[:, None]
            shown = np.maximum(np.clip((folded - threshold) / (1.0 - threshold), 0.0, 1.0), rest)
            relief += (person.reliefs @ (np.array(gains)[:, None] * shown).astype(np.float32)).T
        return relief

    def _on_texels(self, keys: list[Key], lines: Draws, warp: Warp) -> sparse.csc_array:
        """Reliefs of lines at the full fold, ``(T, n)``."""
        right = np.array([side == "R" for _, side in keys], dtype=bool)
        names = {name: n for n, name in enumerate(BUNDLES)}
        points = line_points(self._borders[[names[name] for name, _ in keys]], lines)
        points = self._canvas.lift(warp(np.where(right[:, None, None], points * _MIRROR, points)))
        ridges = np.where(right[:, None], lines.ridges[:, ::-1], lines.ridges)
        texels, unit, ends = self._canvas.furrows(points, line_heights(lines), lines.width, ridges)
        relief = (np.repeat(lines.depth, np.diff(ends)) * unit).astype(np.float32)
        return sparse.csc_array((relief, texels, ends), shape=(self._count, len(keys)))


def bundle_folds(name: str, side: str | None, aus: np.ndarray) -> np.ndarray:
    """How far a bundle is folded, ``(B,)`` in [0, 1], by action units ``(B, 41)``."""
    flat = np.ones(len(aus))
    for number, share in BUNDLES[name].drivers.items():
        column = side_index(number, side) if side is not None and number in SIDED_AUS else main_index(number)
        flat = flat * (1.0 - share * aus[:, column])
    return 1.0 - flat


def _swelling(bundle: Bundle, side: str | None, position: np.ndarray) -> np.ndarray:
    """The skin that is pushed together under a bundle at the full fold, ``(T,)`` float32 metres."""
    first, last = bundle.borders()
    corners = np.concatenate([first, last]) * (_MIRROR if side == "R" else 1.0)
    centre, spread = corners.mean(0), np.maximum(corners.std(0), 4.0 * MM)
    offset = (position[:, :2] - centre) / spread
    front = np.clip(position[:, 2] / (20.0 * MM), 0.0, 1.0)
    return (bundle.swelling * MM * front * np.exp(-0.5 * (offset**2).sum(1))).astype(np.float32)
