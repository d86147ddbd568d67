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
        texels, relief, _ = self.furrows(points[None], heights[None], np.array([width]), np.asarray(ridges)[None])
        return texels, relief

    def furrows(
        self, points: np.ndarray, heights: np.ndarray, widths: np.ndarray, ridges: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """As :meth:`furrow`, of L lines of n points at once: arguments ``(L, n, 3)``, ``(L, n)``, ``(L,)``, ``(L, 2)``.

        Returns:
            The texels of all lines one after another ``(m,)``, their relief ``(m,)`` float32, and where each line's
            begin and end ``(L + 1,)``.
        """
        wide = np.hypot(widths, self._blur)
        found = [self._nearest(line, REACH * reach) for line, reach in zip(points, wide.tolist(), strict=True)]
        if not found:
            return np.zeros(0, np.int64), np.zeros(0, np.float32), np.zeros(1, np.int64)
        count = np.array([len(texels) for texels, _ in found])
        texels, nearest = (np.concatenate([one[k] for one in found]) for k in (0, 1))
        line = np.repeat(np.arange(len(points)), count)
        row, last = line * points.shape[1] + nearest, points.shape[1] - 1
        offset = self._position[texels] - points.reshape(-1, 3).astype(np.float32)[row]
        along = tangents(points.astype(np.float32)).reshape(-1, 3)[row]
        passed = np.einsum("mk,mk->m", along, offset) * ((nearest > 0) & (nearest < last))
        distance = np.sqrt(np.maximum(np.einsum("mk,mk->m", offset, offset) - passed * passed, 0.0))
        distance *= (1.0 / wide).astype(np.float32)[line]
        on_left = along[:, 0] * offset[:, 1] > along[:, 1] * offset[:, 0]
        ridge = ridges.astype(np.float32).ravel()[2 * line + ~on_left]
        beside = (distance - np.float32(RIDGE_PLACE)) / np.float32(RIDGE_WIDTH)
        profile = ridge * np.exp(-(beside * beside)) - np.exp(-(distance * distance))
        scale = ((widths / wide)[:, None] * heights).astype(np.float32).ravel()[row]
        return self._order[texels], scale * profile, np.concatenate([[0], np.cumsum(count)])

    def _nearest(self, points: np.ndarray, reach: float) -> tuple[np.ndarray, np.ndarray]:
        """Texels in the box round a line, and the nearest of its points to each, both ``(m,)``."""
        texels = self._near(points, reach)
        middle = points[len(points) // 2]  # float32 cancels far out
        place, line = self._position[texels] - middle, points - middle
        squared = (line**2).sum(1) - 2.0 * (place @ line.T)
        return texels, squared.argmin(axis=1)

    def _near(self, points: np.ndarray, reach: float) -> np.ndarray:
        low, high = points.min(0) - reach, points.max(0) + reach
        start, end = np.searchsorted(self._heights, (low[1], high[1]))
        x, z = self._across[start:end], self._inward[start:end]
        return start + np.flatnonzero((x >= low[0]) & (x <= high[0]) & (z >= low[2]) & (z <= high[2]))
