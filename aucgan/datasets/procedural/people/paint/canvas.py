"""A head's albedo map as a canvas: masks by name, and a pen that draws in millimetres of the reference face."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, cached_property

import numpy as np
from PIL import Image, ImageDraw
from scipy import ndimage
from scipy.interpolate import RBFInterpolator
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.skin.albedo_paint import smooth_noise
from aucgan.datasets.procedural.skin.face_regions import MM, FaceRegions
from aucgan.datasets.procedural.skin.head_texels import head_texels, painted_head, part_map
from aucgan.heads.library import DEFAULT_HEAD, load_head

FINE = 2
"""The pen draws with so many points a texel, which are then averaged."""
CELL = 1.0 * MM
"""Spacing of the table of where places of the face lie in the map."""
TORN = 2.5
"""How many times longer in the map than on the face a hair may be."""
FOLD = 0.005
"""Skin that lies this far behind other skin close by is hidden, metres."""
X_RANGE, Y_RANGE = (-0.085, 0.085), (-0.115, 0.135)


class Canvas:
    """The map of a head, with what all its people share.

    Args:
        size: Edge of the map in texels.
        head: What :func:`aucgan.heads.load_head` takes.
    """

    def __init__(self, size: int, head: str) -> None:
        texels = head_texels(size, head)
        self.size, self._head = size, head
        self.position = texels.position.reshape(-1, 3).astype(np.float64)
        self.parts = part_map(size, head).reshape(-1)
        self.skin = np.isin(self.parts, ("skin", "ear", "lid_rim")) & texels.inside.reshape(-1)
        self.skin_rows = np.flatnonzero(self.skin)
        self.regions = FaceRegions(self.position)
        self._front = np.flatnonzero(self.skin & (texels.normal[..., 2].reshape(-1) > 0.1))
        self._masks: dict[str, np.ndarray] = {}
        self._beside: dict[str, np.ndarray] = {}

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

    def beside(self, name: str) -> np.ndarray:
        """The nearest texel of skin off a remembered mask, of every texel, ``(S·S,)``."""
        if name not in self._beside:
            covered = ((self._masks[name] > 0.004) | ~self.skin).reshape(self.size, self.size)
            row, column = ndimage.distance_transform_edt(covered, return_distances=False, return_indices=True)
            self._beside[name] = (row * self.size + column).reshape(-1)
        return self._beside[name]

    def from_eyes(self, points: np.ndarray) -> np.ndarray:
        """Places on the reference, seen from the front, of places on the head.

        Args:
            points: ``(N, 2)`` on the left, seen from the front: from the middle between the eyes' corners, over the
                distance of the outer ones.

        Returns:
            ``(N, 2)`` metres.
        """
        middle, width, warp = self._of_head
        return warp(middle + points * width)

    @cached_property
    def _of_head(self) -> tuple[np.ndarray, float, RBFInterpolator]:
        """Middle between the eyes, distance of their outer corners, and the way from there to the reference."""
        head, painted = load_head(self._head), painted_head(self._head)
        marks = head.landmarks
        corners, weights = head.faces[marks.full_faces_idx[36:48]], marks.full_bary_coords[36:48]
        eyes = np.einsum("nkc,nk->nc", head.v_template[corners], weights)[:, :2].astype(np.float64)
        verts = head.v_template.astype(np.float64)
        near = np.abs(verts[:, :2] - eyes.mean(0) - [0.0, 0.025]) < [0.08, 0.04]
        front = np.flatnonzero((head.vertex_parts == "skin") & near.all(1) & (verts[:, 2] > 0.02))
        around = cKDTree(verts[front, :2]).query_ball_point(verts[front, :2], FOLD)
        first = np.array([verts[front[one], 2].max() for one in around])
        seen = front[verts[front, 2] > first - FOLD]  # not what lies behind the lids
        places, smooth = (verts[seen, :2], painted.reference[seen, :2]), dict(kernel="linear", smoothing=1e-3)
        warp = RBFInterpolator(*places, neighbors=20, **smooth)
        return eyes.mean(0), float(np.linalg.norm(eyes[9] - eyes[0])), warp

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
        texels = self.texel(lines)
        # Beside the eyes' holes neighbours on the face may be far apart in the map: no hair lies across it.
        apart, meant = (np.linalg.norm(np.diff(one, axis=1), axis=-1).max(1) for one in (texels, lines))
        whole = apart < 1.0 + TORN * self._texels_a_metre * meant
        places, opacity = (texels[whole] * FINE).reshape(int(whole.sum()), -1), opacity[whole]

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
