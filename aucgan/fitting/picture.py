"""Parts of photos that show the faces, small, with their slopes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.detection.window import Window

MARGIN = 1.15
"""Side of the part over the longer side of the points' box."""


@dataclass(frozen=True)
class Picture:
    """Square parts of B photos.

    Attributes:
        values: RGB in [0, 1] and how they change per pixel to the right and down, ``(B, 9, S, S)``.
        corner: Left upper corner of the parts in pixels of the photos, ``(B, 2)``.
        scale: Pixels of the part a pixel of the photo, ``(B,)``.
    """

    values: Tensor
    corner: Tensor
    scale: Tensor

    @classmethod
    def of(cls, photos: Sequence[np.ndarray], points: Tensor, size: int) -> Picture:
        """Cut.

        Args:
            photos: RGB ``(H, W, 3)`` uint8.
            points: Of the faces, ``(B, N, 2)`` pixels.
            size: Side of the parts.

        Raises:
            ValueError: A photo is no such array.
        """
        low, high = points.amin(1), points.amax(1)
        side, middle = MARGIN * (high - low).amax(1), (low + high) / 2
        parts = []
        for photo, length, (x, y) in zip(photos, side.tolist(), middle.tolist(), strict=True):
            if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8:
                raise ValueError(f"a photo must be RGB (H, W, 3) uint8, got {photo.shape} {photo.dtype}")
            parts.append(Window(x, y, length).cut(photo, size))
        colours = torch.from_numpy(np.stack(parts)).permute(0, 3, 1, 2) / 255.0
        across = F.pad((colours[..., 2:] - colours[..., :-2]) / 2, (1, 1))
        down = F.pad((colours[..., 2:, :] - colours[..., :-2, :]) / 2, (0, 0, 1, 1))
        return cls(torch.cat([colours, across, down], 1), middle - side[:, None] / 2, size / side)

    @property
    def size(self) -> int:
        """Side of the parts, pixels."""
        return self.values.shape[-1]

    def place(self, pixels: Tensor) -> Tensor:
        """Pixels of the photos ``(B, N, 2)`` as positions in [−1, 1] in the parts."""
        inside = (pixels - self.corner[:, None]) * self.scale[:, None, None]
        return inside * (2 / self.size) - 1

    def at(self, pixels: Tensor) -> tuple[Tensor, Tensor]:
        """Colours at pixels of the photos ``(B, N, 2)``, and how they change per pixel of the photo.

        Returns:
            ``(B, N, 3)`` and ``(B, N, 3, 2)``.
        """
        grid = self.place(pixels)[:, None].to(self.values)
        found = F.grid_sample(self.values, grid, align_corners=False, padding_mode="border")[:, :, 0].transpose(1, 2)
        slopes = torch.stack([found[..., 3:6], found[..., 6:]], -1) * self.scale[:, None, None, None]
        return found[..., :3].to(pixels), slopes.to(pixels)
