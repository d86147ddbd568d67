"""The strokes that skin relief is drawn with: furrows along curves, soft bulges, cobblestones."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
from scipy.spatial import cKDTree

SPACING = 0.001
"""Distance of the samples along a furrow, metres: well below the width of the finest one."""
REACH = 4.5
"""Half widths from the axis of a furrow to where its relief has died out."""


@dataclass(frozen=True)
class Furrow:
    """A crease of the skin with the ridges it pushes up beside it.

    Attributes:
        curve: Control points from end to end, ``(n, 3)`` metres; only x and y are used, the depth is the surface's.
        depth: Depth of the middle, metres.
        width: Half width: where the furrow meets the level of the skin, metres.
        ridges: Heights of the ridges on the left and on the right of the curve's direction (seen from the front),
            as a share of the depth.
        taper: Share of the length over which the depth fades in and out at (start, end).
    """

    curve: np.ndarray
    depth: float
    width: float
    ridges: tuple[float, float] = (0.35, 0.35)
    taper: tuple[float, float] = (0.3, 0.3)

    def mirrored(self) -> Furrow:
        """The same crease on the other side of the face."""
        return replace(self, curve=self.curve * _flip(self.curve), ridges=self.ridges[::-1])


@dataclass(frozen=True)
class Bulge:
    """A smooth hill (or, if negative, hollow) of the skin.

    Attributes:
        centre: ``(3,)`` metres; only x and y are used.
        radii: Standard deviations along x and y, ``(2,)`` metres.
        height: Metres.
        bumps: Wavelength in metres of a cobblestone pattern that fills the region instead of a hill; 0 for a hill.
        phase: Phases of the cobblestones along x and y.
    """

    centre: np.ndarray
    radii: np.ndarray
    height: float
    bumps: float = 0.0
    phase: tuple[float, float] = (0.0, 0.0)

    def mirrored(self) -> Bulge:
        """The same bulge on the other side of the face."""
        return replace(self, centre=self.centre * _flip(self.centre))


class SkinCanvas:
    """The front of the head as a cloud of texels, on which strokes are drawn.

    Args:
        position: Template positions of the texels, ``(N, 3)`` metres.
        normal: Their unit normals, ``(N, 3)``.
    """

    def __init__(self, position: np.ndarray, normal: np.ndarray) -> None:
        self.position = position.astype(np.float32)
        self._columns = np.ascontiguousarray(self.position.T)
        front = normal[:, 2] > 0.15
        self._front = self.position[front]
        self._tree = cKDTree(self._front[:, :2])

    def lift(self, points: np.ndarray) -> np.ndarray:
        """Put points ``(n, 2 or 3)`` on the surface: the depth of what is nearest to them seen from the front."""
        _, nearest = self._tree.query(points[:, :2], k=3)
        depth = self._front[nearest, 2].mean(axis=1)
        return np.column_stack([points[:, :2], depth]).astype(np.float32)

    def draw(self, relief: np.ndarray, stroke: Furrow | Bulge) -> None:
        """Add a stroke to ``relief``, ``(N,)`` metres, in place."""
        if isinstance(stroke, Furrow):
            self._draw_furrow(relief, stroke)
        else:
            self._draw_bulge(relief, stroke)

    def _near(self, low: np.ndarray, high: np.ndarray) -> np.ndarray:
        x, y, z = self._columns
        near = (x >= low[0]) & (x <= high[0]) & (y >= low[1]) & (y <= high[1]) & (z >= low[2]) & (z <= high[2])
        return np.flatnonzero(near)

    def _draw_furrow(self, relief: np.ndarray, furrow: Furrow) -> None:
        points = self.lift(resampled(furrow.curve[:, :2]))
        reach = REACH * furrow.width
        texels = self._near(points.min(0) - reach, points.max(0) + reach)
        squared = _squared_distances(self.position[texels], points)
        nearest = squared.argmin(axis=1)
        distance = np.sqrt(squared[np.arange(len(texels)), nearest]) / furrow.width
        tangent = np.gradient(points, axis=0)[nearest]
        offset = self.position[texels] - points[nearest]
        on_left = (tangent[:, 0] * offset[:, 1] - tangent[:, 1] * offset[:, 0]) > 0
        ridge = np.where(on_left, furrow.ridges[0], furrow.ridges[1])
        profile = -np.exp(-(distance**2)) + ridge * np.exp(-(((distance - 1.7) / 0.9) ** 2))
        relief[texels] += furrow.depth * _taper(nearest / max(len(points) - 1, 1), furrow.taper) * profile

    def _draw_bulge(self, relief: np.ndarray, bulge: Bulge) -> None:
        centre = self.lift(bulge.centre[None])[0]
        radii = np.array([*bulge.radii, bulge.radii.max()], dtype=np.float32)
        texels = self._near(centre - 3 * radii, centre + 3 * radii)
        offset = self.position[texels] - centre
        shape = np.exp(-0.5 * ((offset / radii) ** 2).sum(-1))
        if bulge.bumps:
            shape *= _cobblestones(2 * np.pi * offset / bulge.bumps, bulge.phase)
        relief[texels] += bulge.height * shape


def _flip(points: np.ndarray) -> np.ndarray:
    return np.array([-1.0, 1.0, 1.0])[: points.shape[-1]]


def resampled(curve: np.ndarray) -> np.ndarray:
    """A smooth (Catmull-Rom) curve through control points ``(n, d)``, sampled about every millimetre."""
    length = np.sqrt(((curve[1:] - curve[:-1]) ** 2).sum(1)).sum()
    count = max(int(length / SPACING), 4)
    padded = np.concatenate([2 * curve[:1] - curve[1:2], curve, 2 * curve[-1:] - curve[-2:-1]])
    where = np.linspace(0.0, len(curve) - 1.0, count)
    segment = np.minimum(where.astype(np.int64), len(curve) - 2)
    t = (where - segment)[:, None]
    p0, p1, p2, p3 = (padded[segment + k] for k in range(4))
    return p1 + 0.5 * t * (p2 - p0 + t * (2 * p0 - 5 * p1 + 4 * p2 - p3 + t * (3 * (p1 - p2) + p3 - p0)))


def _squared_distances(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Between all pairs of ``(n, 3)`` and ``(m, 3)``; both are centred first, because float32 cancels far out."""
    middle = b.mean(axis=0)
    a, b = a - middle, b - middle
    return np.maximum((a**2).sum(1)[:, None] + (b**2).sum(1) - 2.0 * (a @ b.T), 0.0)


def _taper(along: np.ndarray, taper: tuple[float, float]) -> np.ndarray:
    """Smooth fade at both ends of a stroke, for positions in [0, 1] along it."""
    start = np.clip((along + 0.02) / max(taper[0], 1e-3), 0, 1)
    end = np.clip((1.02 - along) / max(taper[1], 1e-3), 0, 1)
    ends = start * end
    return ends * ends * (3 - 2 * ends)


def _cobblestones(angle: np.ndarray, phase: tuple[float, float]) -> np.ndarray:
    """Irregular bumps: the sum of three plane waves a third of a turn apart, in about [-1, 1]."""
    x, y = angle[:, 0] + phase[0], angle[:, 1] + phase[1]
    waves = np.cos(x) + np.cos(-0.5 * x + 0.866 * y) + np.cos(-0.5 * x - 0.866 * y + phase[0])
    return -waves / 2.0
