"""Skin as a cloud of texels on which lines leave furrows with the ridges they push up."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.relief.strokes.lines import tangents

REACH = 3.3
"""Half widths from a line to where its relief has died out."""
GRID, MARGIN = 0.001, 0.01
"""Cell of the map of depths, and how far it goes beyond the texels, metres."""
BLUR = 0.7
"""Half width of what a texel averages over, in texels."""
RIDGE_PLACE, RIDGE_WIDTH = 1.7, 0.9
"""Where the ridges lie beside a furrow and how wide they are, in half widths."""


class SkinCanvas:
    """Texels of the front of the head.

    Args:
        position: Where they lie on the reference, ``(T, 3)`` metres.
        normal: Their unit normals, ``(T, 3)``.
        texel: Distance of neighbouring texels, metres: what is narrower is drawn as wide and as shallow as their mean.
    """

    def __init__(self, position: np.ndarray, normal: np.ndarray, texel: float) -> None:
        self._blur = BLUR * texel
        self._order = np.argsort(position[:, 1], kind="stable")
        self._position = np.ascontiguousarray(position[self._order], dtype=np.float32)
        self._heights, self._across, self._inward = (np.ascontiguousarray(self._position[:, k]) for k in (1, 0, 2))
        front = position[normal[:, 2] > 0.15]
        self._low = front[:, :2].min(0) - MARGIN
        shape = np.ceil((front[:, :2].max(0) + MARGIN - self._low) / GRID).astype(int)
        grid = np.stack(np.meshgrid(*map(np.arange, shape), indexing="ij"), axis=-1) * GRID + self._low
        self._depths = front[cKDTree(front[:, :2]).query(grid)[1], 2].astype(np.float32)

    def lift(self, points: np.ndarray) -> np.ndarray:
        """Put points ``(..., 2)`` on the surface: the depth of what is nearest seen from the front, ``(..., 3)``."""
        cell = np.rint((points - self._low) / GRID).astype(np.int64)
        row, column = (np.clip(cell[..., k], 0, self._depths.shape[k] - 1) for k in range(2))
        return np.concatenate([points, self._depths[row, column][..., None]], axis=-1).astype(np.float32)

    def furrow(
        self, points: np.ndarray, heights: np.ndarray, width: float, ridges: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """Relief of one line of unit depth.

        Args:
            points: Along the line, on the surface, ``(n, 3)`` metres.
            heights: Share of the depth at each of them, ``(n,)``.
            width: Half width: where the furrow meets the level of the skin, metres.
            ridges: Heights of the ridges on the left and on the right of its direction, as shares of the depth.

        Returns:
            Texels that it touches ``(m,)``, and their relief ``(m,)``, −1 in the middle of the furrow.
        """
        wide = float(np.hypot(width, self._blur))
        texels = self._near(points, REACH * wide)
        middle = points[len(points) // 2]  # float32 cancels far out
        place, line = self._position[texels] - middle, points - middle
        squared = (line**2).sum(1) - 2.0 * (place @ line.T)
        nearest = squared.argmin(axis=1)
        offset, along = place - line[nearest], tangents(line)[nearest]
        inner = (nearest > 0) & (nearest < len(points) - 1)
        passed = (along * offset).sum(1) * inner
        distance = np.sqrt(np.maximum((offset**2).sum(1) - passed**2, 0.0)) / wide
        on_left = along[:, 0] * offset[:, 1] > along[:, 1] * offset[:, 0]
        ridge = np.where(on_left, ridges[0], ridges[1])
        profile = -np.exp(-(distance**2)) + ridge * np.exp(-(((distance - RIDGE_PLACE) / RIDGE_WIDTH) ** 2))
        return self._order[texels], width / wide * heights[nearest] * profile

    def _near(self, points: np.ndarray, reach: float) -> np.ndarray:
        low, high = points.min(0) - reach, points.max(0) + reach
        start, end = np.searchsorted(self._heights, (low[1], high[1]))
        x, z = self._across[start:end], self._inward[start:end]
        return start + np.flatnonzero((x >= low[0]) & (x <= high[0]) & (z >= low[2]) & (z <= high[2]))
