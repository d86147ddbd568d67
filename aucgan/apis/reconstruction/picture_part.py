"""The part of a photo, at any size, that a face is drawn in."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor

from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.renderers.camera import pixels_to_image


@dataclass(frozen=True)
class PicturePart:
    """An upright rectangle of a picture.

    Attributes:
        left: First column.
        top: First row.
        width: Columns.
        height: Rows.
        scale: Pixels of the picture for one of the photo, across and down.
    """

    left: int
    top: int
    width: int
    height: int
    scale: tuple[float, float] = (1.0, 1.0)

    @classmethod
    def around(
        cls, fitted: FittedFaces, photo_size: tuple[int, int], size: tuple[int, int] | None = None
    ) -> PicturePart | None:
        """The smallest part that holds the mesh of one face; ``None`` where the picture shows nothing of it.

        Args:
            fitted: One face.
            photo_size: Height and width of the photo.
            size: Height and width of the picture; default those of the photo.
        """
        height, width = size or photo_size
        scale = (width / photo_size[1], height / photo_size[0])
        pixels = fitted.to_pixels(fitted.verts)[0] * torch.tensor(scale)
        low, high = pixels.amin(0).tolist(), pixels.amax(0).tolist()
        left, top = max(math.floor(low[0]), 0), max(math.floor(low[1]), 0)
        right, bottom = min(math.ceil(high[0]), width), min(math.ceil(high[1]), height)
        return cls(left, top, right - left, bottom - top, scale) if left < right and top < bottom else None

    @classmethod
    def square(cls, fitted: FittedFaces, side: int, margin: float = 1.1) -> PicturePart:
        """A square with one face in its middle, of whatever picture makes it ``side`` pixels wide."""
        pixels = fitted.to_pixels(fitted.verts)[0]
        low, high = pixels.amin(0), pixels.amax(0)
        scale = side / (float((high - low).max()) * margin)
        left, top = ((low + high) / 2 * scale - side / 2).round().int().tolist()
        return cls(left, top, side, side, (scale, scale))

    def in_image_space(self, fitted: FittedFaces) -> tuple[Tensor, Tensor]:
        """The mesh of one face as a renderer of this part's size takes it.

        Returns:
            Vertices in the camera's frame, metres, and in image space, both ``(1, V, 3)``.
        """
        seen = fitted.camera_points(fitted.verts)
        pixels = fitted.to_pixels(fitted.verts) * torch.tensor(self.scale) - torch.tensor([self.left, self.top])
        flat = pixels_to_image(pixels, (self.height, self.width))
        zoom = float(fitted.focal * self.scale[0] / -fitted.translation[:, 2]) * 2 / min(self.height, self.width)
        depth = (fitted.translation[:, 2] - seen[..., 2]) * zoom
        return seen, torch.cat([flat, depth[..., None]], dim=2)

    @property
    def rows(self) -> slice:
        """Of the picture."""
        return slice(self.top, self.top + self.height)

    @property
    def columns(self) -> slice:
        """Of the picture."""
        return slice(self.left, self.left + self.width)
