"""A turned square of a photo: cutting it out, and bringing points of it back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np


@dataclass(frozen=True)
class Window:
    """A square of a photo; pixel centres of the photo are at ½.

    Attributes:
        x: Column of its centre, pixels.
        y: Row of its centre, pixels.
        side: Its side, pixels.
        angle: By how much it is turned, radians, clockwise as the picture is seen.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0

    @classmethod
    def around(cls, photo: np.ndarray) -> Window:
        """The smallest upright square that holds a photo ``(H, W, 3)``."""
        height, width = photo.shape[:2]
        return cls(width / 2, height / 2, max(height, width))

    @property
    def axes(self) -> np.ndarray:
        """Unit vectors to its right and downwards, the rows of ``(2, 2)``."""
        cos, sin = np.cos(self.angle), np.sin(self.angle)
        return np.array([[cos, sin], [-sin, cos]])

    def to_photo(self, points: np.ndarray) -> np.ndarray:
        """Points ``(..., 2)``, (0, 0) at the top left of the window and (1, 1) at its bottom right, in pixels."""
        return (points - 0.5) * self.side @ self.axes + [self.x, self.y]

    def cut(self, photo: np.ndarray, size: int, border: int = cv2.BORDER_CONSTANT) -> np.ndarray:
        """The window's contents, ``(size, size, 3)`` uint8.

        Where it makes the photo smaller, whole blocks of pixels are averaged first, so that nothing aliases.

        Args:
            photo: ``(H, W, 3)`` uint8.
            size: Side of the result, pixels.
            border: What stands outside the photo: OpenCV's constant border (black) or ``cv2.BORDER_REPLICATE``.
        """
        part, corner = self._surroundings(photo)
        block = min(int(self.side / size), *part.shape[:2])
        if block > 1:
            height, width = (length // block * block for length in part.shape[:2])
            part = cv2.resize(part[:height, :width], (width // block, height // block), interpolation=cv2.INTER_AREA)
        block = max(block, 1)
        step = self.axes.T * (self.side / size / block)
        middle = (np.array([self.x, self.y]) - corner) / block
        start = middle - step @ [size / 2, size / 2]
        # OpenCV counts from 0 at the centre of the first pixel, on both sides of the map.
        matrix = np.column_stack([step, start + step @ [0.5, 0.5] - 0.5])
        flags = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        return cv2.warpAffine(part, matrix, (size, size), flags=flags, borderMode=border)

    def _surroundings(self, photo: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """The upright part of the photo that the window touches, and its left upper corner."""
        height, width = photo.shape[:2]
        corners = self.to_photo(np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0], [1.0, 1.0]]))
        low = np.clip(np.floor(corners.min(0)) - 1, 0, [width - 1, height - 1]).astype(int)
        high = np.clip(np.ceil(corners.max(0)) + 1, low + 1, [width, height]).astype(int)
        return np.ascontiguousarray(photo[low[1] : high[1], low[0] : high[0]]), low
