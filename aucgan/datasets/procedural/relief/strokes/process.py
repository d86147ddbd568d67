"""The lines of people, and how far an expression folds each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

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
Key = tuple[str, str | None]
_MIRROR = np.array([-1.0, 1.0])


@dataclass(frozen=True)
class Line:
    """One line on the texels.

    Attributes:
        key: Its bundle and side (``L``, ``R``, or ``None`` in the middle).
        texels: Those it touches, ``(m,)``.
        relief: On them at the full fold, ``(m,)`` float32 metres.
        threshold: Share of the full fold at which it appears.
        rest: Share of the full depth that stays at rest.
    """

    key: Key
    texels: np.ndarray
    relief: np.ndarray
    threshold: float
    rest: float


@dataclass(frozen=True)
class PersonLines:
    """One person's lines.

    Attributes:
        lines: All of them.
        gains: How strongly this person's skin folds in a bundle, by name and side.
        swelling: Factor on the skin pushed together.
    """

    lines: list[Line]
    gains: dict[Key, float]
    swelling: float


@dataclass(frozen=True)
class _Drawn:
    """Lines of a bundle and side with their points ``(n, POINTS, 2)`` and what stays of them at rest ``(n,)``."""

    key: Key
    lines: Draws
    points: np.ndarray
    rest: np.ndarray


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
        self._borders = {name: border_samples(bundle) for name, bundle in BUNDLES.items()}
        keys = [(name, side) for name, bundle in BUNDLES.items() for side in ((None,) if bundle.middle else SIDES)]
        self._swellings = {key: _swelling(BUNDLES[key[0]], key[1], position) for key in keys}

    def person(self, traits: Mapping[str, float], rng: np.random.Generator) -> PersonLines:
        """Draw a person's lines.

        Args:
            traits: ``lined``, ``depth``, ``width``, ``breaks`` and ``lopsided``, see
                :class:`~aucgan.datasets.procedural.relief.wrinkle_code.WrinkleTraits`.
            rng: The person's source of randomness.
        """
        warp, gains, drawn = Warp(rng), dict[Key, float](), list[_Drawn]()
        for name, bundle in BUNDLES.items():
            gain = traits["depth"] * rng.lognormal(0.0, 0.4)
            stays = np.clip(bundle.rest[1] + bundle.rest[0] * traits["lined"] * rng.lognormal(0.0, 0.4), 0.0, 0.9)
            draws = draw_lines(bundle, traits, rng)
            for side in (None,) if bundle.middle else SIDES:
                gains[name, side] = gain * rng.lognormal(0.0, 0.12 * traits["lopsided"])
                lines = draws if side != "R" else other_side(draws, traits, rng)
                points = line_points(self._borders[name], lines)
                points = warp(points * _MIRROR if side == "R" else points)
                rest = stays * rng.uniform(0.5, 1.2, len(lines.across))
                drawn.append(_Drawn((name, side), lines, points, rest))
        return PersonLines(self._on_texels(drawn), gains, float(rng.lognormal(0.0, 0.3)))

    def relief(self, person: PersonLines, aus: np.ndarray) -> np.ndarray:
        """Relief of several expressions of one person, ``(B, T)`` float32 metres, for action units ``(B, 41)``."""
        relief = np.zeros((len(aus), self._count), dtype=np.float32)
        folds = {key: bundle_folds(*key, aus) for key in person.gains}
        for key, swelling in self._swellings.items():
            weight = person.swelling * person.gains[key] * folds[key]
            if weight.any():
                relief += weight.astype(np.float32)[:, None] * swelling
        for line in person.lines:
            folded = np.clip((folds[line.key] - line.threshold) / (1.0 - line.threshold), 0.0, 1.0)
            weight = person.gains[line.key] * np.maximum(folded, line.rest)
            if weight.any():
                relief[:, line.texels] += weight.astype(np.float32)[:, None] * line.relief
        return relief

    def _on_texels(self, drawn: list[_Drawn]) -> list[Line]:
        lifted = iter(self._canvas.lift(np.concatenate([one.points for one in drawn])))
        lines = []
        for one in drawn:
            draws, right = one.lines, one.key[1] == "R"
            ridges = draws.ridges[:, ::-1] if right else draws.ridges
            for n, heights in enumerate(line_heights(draws)):
                texels, unit = self._canvas.furrow(next(lifted), heights, draws.width[n], ridges[n])
                relief = (draws.depth[n] * unit).astype(np.float32)
                lines.append(Line(one.key, texels, relief, float(draws.threshold[n]), float(one.rest[n])))
        return lines


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
