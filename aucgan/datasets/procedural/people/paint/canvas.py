"""A head's albedo map as a canvas: masks by name, and a pen that draws in millimetres of the reference face."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
from PIL import Image, ImageDraw
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.skin.albedo_paint import smooth_noise
from aucgan.datasets.procedural.skin.face_regions import MM, FaceRegions
from aucgan.datasets.procedural.skin.head_texels import head_texels, part_map
from aucgan.heads.library import DEFAULT_HEAD

FINE = 2
"""The pen draws with so many points a texel, which are then averaged."""
CELL = 1.0 * MM
"""Spacing of the table of where places of the face lie in the map."""
X_RANGE, Y_RANGE = (-0.085, 0.085), (-0.115, 0.135)


class Canvas:
    """The map of a head, with what all its people share.

    Args:
        size: Edge of the map in texels.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(self, size: int, head: str) -> None:
        texels = head_texels(size, head)
        self.size = size
        self.position = texels.position.reshape(-1, 3).astype(np.float64)
        self.parts = part_map(size, head).reshape(-1)
        self.skin = np.isin(self.parts, ("skin", "ear", "lid_rim")) & texels.inside.reshape(-1)
        self.skin_rows = np.flatnonzero(self.skin)
        self.regions = FaceRegions(self.position)
        self._front = np.flatnonzero(self.skin & (texels.normal[..., 2].reshape(-1) > 0.1))
        self._masks: dict[str, np.ndarray] = {}

    def mask(self, name: str) -> np.ndarray:
        """An opacity of :class:`FaceRegions` by its method's name, or a ``beard_`` part, ``(S·S,)``; 0 off the skin."""
        if name not in self._masks:
            if name.startswith("beard_"):
                beard = self.regions.beard()
                self._masks |= {f"beard_{part}": (m * self.skin).astype(np.float32) for part, m in beard.items()}
            else:
                self._masks[name] = (getattr(self.regions, name)() * self.skin).astype(np.float32)
        return self._masks[name]

    def keep(self, name: str, opacity: np.ndarray) -> np.ndarray:
        """Remember a mask of one's own, ``(S·S,)``."""
        self._masks[name] = (opacity * self.skin).astype(np.float32)
        return self._masks[name]

    def has(self, name: str) -> bool:
        """Whether a mask is remembered."""
        return name in self._masks

    @cached_property
    def noises(self) -> np.ndarray:
        """Smooth fields over the head from 60 mm to 3 mm, unit variance, ``(12, S·S)`` float32."""
        lengths = np.geomspace(0.06, 0.003, 12)
        return np.stack([smooth_noise(self.position, length, 100 + k) for k, length in enumerate(lengths)])

    @cached_property
    def _places(self) -> np.ndarray:
        """Texel coordinates (column, row) of the places of a grid over the face, ``(rows, columns, 2)``."""
        x, y = (np.arange(*limits, CELL) for limits in (X_RANGE, Y_RANGE))
        grid = np.stack(np.meshgrid(x, y), axis=-1)
        points = self.position[self._front]
        distance, near = cKDTree(points[:, :2]).query(grid.reshape(-1, 2), k=4)
        weight = 1.0 / (distance + 1e-5) ** 2
        index = self._front[near]
        texel = np.stack([index % self.size, index // self.size], axis=-1) + 0.5
        place = (texel * weight[..., None]).sum(1) / weight.sum(1, keepdims=True)
        return place.reshape(*grid.shape)

    def texel(self, points: np.ndarray) -> np.ndarray:
        """Where points ``(..., 2)`` of the face seen from the front, metres, lie in the map: column and row, texels."""
        column = (points[..., 0] - X_RANGE[0]) / CELL
        row = (points[..., 1] - Y_RANGE[0]) / CELL
        rows, columns = self._places.shape[:2]
        column, row = np.clip(column, 0, columns - 1.001), np.clip(row, 0, rows - 1.001)
        c, r = column.astype(int), row.astype(int)
        u, v = (column - c)[..., None], (row - r)[..., None]
        above = self._places[r, c] * (1 - u) + self._places[r, c + 1] * u
        below = self._places[r + 1, c] * (1 - u) + self._places[r + 1, c + 1] * u
        return above * (1 - v) + below * v

    def strokes(self, lines: np.ndarray, opacity: np.ndarray, width: int = 1) -> np.ndarray:
        """Draw hairs.

        Args:
            lines: Their points, ``(N, K, 2)`` metres, seen from the front.
            opacity: Of each, in [0, 1], ``(N,)``.
            width: In points of the pen.

        Returns:
            Opacity of the texels, ``(S·S,)`` float32.
        """
        places = (self.texel(lines) * FINE).reshape(len(lines), -1)

        def draw_all(draw: ImageDraw.ImageDraw) -> None:
            for line, share in zip(places.tolist(), opacity.tolist(), strict=True):
                draw.line(line, fill=int(255 * share), width=width)

        return self._drawn(draw_all, places)

    def dots(self, points: np.ndarray, radii: np.ndarray, opacity: np.ndarray) -> np.ndarray:
        """Draw round spots at ``(N, 2)`` of radii ``(N,)``, metres; as :meth:`strokes`."""
        places = self.texel(points) * FINE
        scale = FINE * self._texels_a_metre
        boxes = np.concatenate([places - radii[:, None] * scale, places + radii[:, None] * scale], axis=1)

        def draw_all(draw: ImageDraw.ImageDraw) -> None:
            for box, share in zip(boxes.tolist(), opacity.tolist(), strict=True):
                draw.ellipse(box, fill=int(255 * share))

        return self._drawn(draw_all, boxes)

    @cached_property
    def _texels_a_metre(self) -> float:
        across = self.texel(np.array([[-0.02, 0.0], [0.02, 0.0]]))
        return float(np.linalg.norm(across[1] - across[0]) / 0.04)

    def _drawn(self, draw: Callable[[ImageDraw.ImageDraw], object], places: np.ndarray) -> np.ndarray:
        whole = np.zeros((self.size, self.size), np.float32)
        if not len(places):
            return whole.reshape(-1)
        picture = Image.new("L", (FINE * self.size,) * 2)
        draw(ImageDraw.Draw(picture))
        whole = np.asarray(picture.reduce(FINE), np.float32) / 255.0
        return whole.reshape(-1) * self.skin


@cache
def canvas(size: int = 256, head: str = DEFAULT_HEAD) -> Canvas:
    """The canvas of a head, made once."""
    return Canvas(size, head)


def over(base: np.ndarray, colour: np.ndarray, opacity: np.ndarray | float) -> np.ndarray:
    """Lay a colour ``(3,)`` or ``(N, 3)`` over ``base`` ``(N, 3)`` where an opacity ``(N,)`` is not 0, in place."""
    if np.ndim(opacity) == 0:
        base += (colour - base) * opacity
        return base
    rows = np.flatnonzero(opacity > 0.004)
    paint, below = np.asarray(colour[rows] if colour.ndim == 2 else colour, base.dtype), base[rows]
    base[rows] = below + (paint - below) * np.asarray(opacity)[rows, None].astype(base.dtype)
    return base
