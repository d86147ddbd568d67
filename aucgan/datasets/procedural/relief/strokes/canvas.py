"""Skin as a cloud of texels on which lines leave furrows with the ridges they push up."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree

REACH = 3.6
"""Half widths from a line to where its relief has died out."""
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
        front = position[normal[:, 2] > 0.15]
        self._depths = front[:, 2].astype(np.float32)
        self._tree = cKDTree(front[:, :2])

    def lift(self, points: np.ndarray) -> np.ndarray:
        """Put points ``(..., 2)`` on the surface: the depth of what is nearest seen from the front, ``(..., 3)``."""
        nearest = self._tree.query(points.reshape(-1, 2))[1].reshape(points.shape[:-1])
        return np.concatenate([points, self._depths[nearest][..., None]], axis=-1).astype(np.float32)

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
        width, thin = np.hypot(width, self._blur), width
        texels = self._near(points, REACH * width)
        place = self._position[texels]
        offset = place[:, None] - points[None]
        squared = np.einsum("tpc,tpc->tp", offset, offset)
        nearest = squared.argmin(axis=1)
        rows = np.arange(len(texels))
        tangent = np.gradient(points, axis=0)
        tangent /= np.maximum(np.linalg.norm(tangent, axis=1, keepdims=True), 1e-9)
        tangent, offset = tangent[nearest], offset[rows, nearest]
        along = np.einsum("tc,tc->t", tangent, offset)
        inner = (nearest > 0) & (nearest < len(points) - 1)
        distance = np.sqrt(np.maximum(squared[rows, nearest] - np.where(inner, along**2, 0.0), 0.0)) / width
        on_left = tangent[:, 0] * offset[:, 1] - tangent[:, 1] * offset[:, 0] > 0
        ridge = np.where(on_left, ridges[0], ridges[1])
        profile = -np.exp(-(distance**2)) + ridge * np.exp(-(((distance - RIDGE_PLACE) / RIDGE_WIDTH) ** 2))
        return self._order[texels], thin / width * heights[nearest] * profile

    def _near(self, points: np.ndarray, reach: float) -> np.ndarray:
        low, high = points.min(0) - reach, points.max(0) + reach
        start, end = np.searchsorted(self._position[:, 1], (low[1], high[1]))
        x, z = self._position[start:end, 0], self._position[start:end, 2]
        return start + np.flatnonzero((x >= low[0]) & (x <= high[0]) & (z >= low[2]) & (z <= high[2]))
