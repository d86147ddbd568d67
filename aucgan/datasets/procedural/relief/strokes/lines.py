"""Drawing a person's lines within a bundle: place, number, length, breaks, depth, width and what differs by side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields

import numpy as np

from aucgan.datasets.procedural.reference.curves import resampled
from aucgan.datasets.procedural.relief.strokes.bundles import MM, Bundle

POINTS = 34
"""Samples along a line."""
_SAMPLES = 65
_ALONG = np.linspace(0.0, 1.0, POINTS)
WARP_WAVES = 6
WARP_LENGTH = (0.06, 0.15)
"""Wavelengths of the field that moves a person's lines, metres."""
WARP_SIZE = 0.0021
"""Its standard deviation along each axis, metres."""


@dataclass(frozen=True)
class Draws:
    """What is drawn of each of ``n`` lines of a bundle; arrays ``(n,)`` or ``(n, k)``.

    Attributes:
        across: Place between the borders, in [0, 1].
        ends: Where on the path it begins and ends, in [0, 1], ``(n, 2)``.
        depth: Metres.
        width: Metres.
        threshold: Share of the full fold at which the line appears.
        wave: Amplitudes (metres) and phases of its two sideways waves, ``(n, 4)``.
        gaps: Where it is interrupted, in [0, 1] of its own length, ``(n, 3)``; beyond 1 where it is not.
        ridges: Heights of the ridges on its two sides, as shares of the depth, ``(n, 2)``.
    """

    across: np.ndarray
    ends: np.ndarray
    depth: np.ndarray
    width: np.ndarray
    threshold: np.ndarray
    wave: np.ndarray
    gaps: np.ndarray
    ridges: np.ndarray

    def taken(self, rows: np.ndarray) -> Draws:
        """Some of the lines."""
        return Draws(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @staticmethod
    def joined(parts: Sequence[Draws]) -> Draws:
        """The lines of all parts."""
        names = (field.name for field in fields(Draws))
        return Draws(**{name: np.concatenate([getattr(part, name) for part in parts]) for name in names})


def draw_lines(bundle: Bundle, traits: Mapping[str, float], rng: np.random.Generator) -> Draws:
    """Draw the lines of one side of a face.

    Args:
        bundle: Where they may run.
        traits: A person's ``width`` and ``breaks`` are used.
        rng: The source of randomness.
    """
    count = int(np.clip(np.floor(bundle.lines * rng.lognormal(0.0, 0.45) + rng.random()), bundle.least, bundle.most))
    across = (np.arange(count) + 0.5 + rng.uniform(-0.34, 0.34, count)) / max(count, 1)
    length = rng.uniform(*bundle.length, count)
    start = rng.uniform(0.0, 1.0, count) * (1.0 - length)
    amplitude = rng.normal(0.0, [1.0 * MM, 0.35 * MM], (count, 2))
    gaps = rng.uniform(0.1, 0.9, (count, 3)) + 10.0 * (rng.random((count, 3)) > 0.15 * traits["breaks"])
    return Draws(
        across=across,
        ends=np.column_stack([start, start + length]),
        depth=rng.uniform(*bundle.depth, count) * MM,
        width=rng.uniform(*bundle.width, count) * traits["width"] * MM,
        threshold=rng.uniform(0.0, 0.45, count),
        wave=np.column_stack([amplitude, rng.uniform(0.0, 2.0 * np.pi, (count, 2))]),
        gaps=gaps,
        ridges=rng.uniform(0.1, 0.55, (count, 2)),
    )


def other_side(draws: Draws, traits: Mapping[str, float], rng: np.random.Generator) -> Draws:
    """The lines of the other half of the face: most have a partner, a little elsewhere; some have none."""
    loose = traits["lopsided"]
    kept = np.flatnonzero(rng.random(len(draws.across)) > 0.16 * loose)
    lines = draws.taken(kept)
    shape = lines.ends.shape
    return Draws(
        across=np.clip(lines.across + rng.normal(0.0, 0.05 * loose, len(kept)), 0.0, 1.0),
        ends=np.clip(lines.ends + rng.normal(0.0, 0.06 * loose, shape), 0.0, 1.0),
        depth=lines.depth * rng.lognormal(0.0, 0.22 * loose, len(kept)),
        width=lines.width * rng.lognormal(0.0, 0.1 * loose, len(kept)),
        threshold=lines.threshold,
        wave=lines.wave + rng.normal(0.0, [0.3 * MM, 0.2 * MM, 0.8, 0.8], lines.wave.shape) * loose,
        gaps=np.where(lines.gaps < 1.0, rng.uniform(0.1, 0.9, lines.gaps.shape), lines.gaps),
        ridges=lines.ridges,
    )


def border_samples(bundle: Bundle) -> np.ndarray:
    """Both borders of a bundle as smooth curves, ``(2, m, 2)`` metres: what :func:`line_points` reads."""
    return np.stack([resampled(border, _SAMPLES) for border in bundle.borders()])


def line_points(borders: np.ndarray, draws: Draws) -> np.ndarray:
    """Where the lines run on the reference's left side, seen from the front, ``(n, POINTS, 2)`` metres.

    Args:
        borders: Of the bundle, ``(2, m, 2)``, or of the bundle of each line, ``(n, 2, m, 2)``.
        draws: The lines.
    """
    start, end = draws.ends.T
    along = start[:, None] + (end - start)[:, None] * _ALONG
    samples = borders.shape[-2]
    place = along * (samples - 1)
    low = np.minimum(place.astype(np.int64), samples - 2)
    share, line = (place - low)[..., None], np.arange(len(along))[:, None]
    each = np.broadcast_to(borders, (len(along), 2, samples, 2))
    first, last = (each[line, side, low] * (1.0 - share) + each[line, side, low + 1] * share for side in (0, 1))
    points = first + draws.across[:, None, None] * (last - first)
    tangent = tangents(points)
    sideways = np.stack([-tangent[..., 1], tangent[..., 0]], axis=-1)
    slow, fast, phase, other = (column[:, None] for column in draws.wave.T)
    offset = slow * np.sin(1.2 * np.pi * along + phase) + fast * np.sin(3.0 * np.pi * along + other)
    return points + offset[..., None] * sideways


def line_heights(draws: Draws) -> np.ndarray:
    """Share of the full depth along each line, ``(n, POINTS)`` in [0, 1]: it fades at the ends and in the gaps."""
    ends = np.clip(np.minimum(_ALONG, 1.0 - _ALONG) / 0.22 + 0.03, 0.0, 1.0)
    heights = np.broadcast_to(ends * ends * (3.0 - 2.0 * ends), (len(draws.across), POINTS))
    distance = np.abs(_ALONG - draws.gaps[:, :, None]).min(axis=1)
    gap = np.clip(distance / 0.11 - 0.2, 0.0, 1.0)
    gap = gap * gap * (3.0 - 2.0 * gap)
    swell = 1.0 + 0.2 * np.sin(3.0 * np.pi * _ALONG + draws.wave[:, 2:3])
    return heights * gap * swell / 1.2


def tangents(points: np.ndarray) -> np.ndarray:
    """Unit directions along sampled curves ``(..., n, d)``."""
    padded = np.concatenate([points[..., :1, :], points, points[..., -1:, :]], axis=-2)
    along = padded[..., 2:, :] - padded[..., :-2, :]
    return along / np.sqrt(np.maximum((along**2).sum(-1, keepdims=True), 1e-18))


class Warp:
    """A smooth field of a person's own that moves lines along the face.

    Args:
        rng: The source of randomness.
    """

    def __init__(self, rng: np.random.Generator) -> None:
        angle = rng.uniform(0.0, 2.0 * np.pi, WARP_WAVES)
        number = 2.0 * np.pi / rng.uniform(*WARP_LENGTH, WARP_WAVES)
        self._waves = np.stack([np.cos(angle), np.sin(angle)]) * number
        self._phase = rng.uniform(0.0, 2.0 * np.pi, WARP_WAVES)
        self._push = rng.normal(0.0, WARP_SIZE * np.sqrt(2.0 / WARP_WAVES), (WARP_WAVES, 2))

    def __call__(self, points: np.ndarray) -> np.ndarray:
        """Moved points, ``(..., 2)`` metres."""
        return points + np.sin(points @ self._waves + self._phase) @ self._push
