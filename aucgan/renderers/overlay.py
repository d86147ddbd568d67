"""A mesh drawn over a photo, at the photo's own size."""

from __future__ import annotations

from typing import NamedTuple

import cv2
import numpy as np
import torch
from torch import Tensor

from aucgan.renderers.camera import pixels_to_image
from aucgan.renderers.drawing import LANDMARK_COLOUR, to_uint8
from aucgan.renderers.normals import vertex_normals
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer
from aucgan.renderers.shading import GREY, directional_irradiance, shape_lights

STYLES = ("shaded", "wireframe", "points")
LINE_SHARE, DOT_SHARE = 1 / 700, 1 / 350
"""Widths of lines and radii of dots in shorter sides of what is drawn; at least one pixel."""
HIDDEN = 0.002
"""Metres that a vertex may lie behind the surface and still be a visible point."""
_SUBPIXEL = 4
"""Bits of the fractions of pixels that OpenCV draws with."""


class _Window(NamedTuple):
    """The part of a photo that a mesh may cover: first column and row, and what is drawn there."""

    left: int
    top: int
    size: tuple[int, int]
    at: Tensor  # pixels of the vertices from the window's corner, (V, 2)
    points: Tensor  # (V, 3) metres
    faces: Tensor  # those in front of the viewer, (F', 3)


class _Drawn(NamedTuple):
    """P pixels of a window: flat index (P,), RGB (P, 3), and how far each is covered (P,)."""

    pixel: np.ndarray
    colour: np.ndarray
    cover: np.ndarray


def draw_mesh(
    photo: Tensor | np.ndarray,
    pixels: Tensor | np.ndarray,
    points: Tensor | np.ndarray,
    faces: Tensor | np.ndarray,
    style: str = "shaded",
    opacity: float = 0.7,
    colours: Tensor | np.ndarray | tuple[float, float, float] | None = None,
) -> np.ndarray:
    """Draw a mesh over a photo; call it again for further faces.

    Args:
        photo: What is drawn on: any size, as for :func:`aucgan.renderers.drawing.to_uint8`.
        pixels: Where the vertices are in the photo, ``(V, 2)``, the centre of pixel (row i, column j) at
            (j + ½, i + ½): what ``FittedFaces.to_pixels`` gives, or any camera.
        points: The vertices in the camera's frame, ``(V, 3)`` metres: x to the right of the photo, y up, z towards the
            viewer, who is at the origin (``FittedFaces.camera_points``). Their z says what hides what; triangles with a
            corner that is not in front of the viewer are left out.
        faces: ``(F, 3)``, counter-clockwise from outside; only this side is seen.
        style: ``shaded``: a lit surface; ``wireframe``: the visible edges of its triangles; ``points``: its visible
            vertices.
        opacity: Of what is drawn, in [0, 1].
        colours: RGB in [0, 1] of the vertices ``(V, 3)`` or of all; default grey surfaces, green lines and points.

    Returns:
        A new picture, ``(H, W, 3)`` uint8.

    Raises:
        ValueError: Shapes do not fit, the style is unknown, or the opacity out of range.
    """
    canvas = to_uint8(photo).copy()
    if style not in STYLES:
        raise ValueError(f"style must be one of {', '.join(STYLES)}, not {style!r}")
    if not 0 <= opacity <= 1:
        raise ValueError(f"opacity must be in [0, 1], got {opacity}")
    places, space = _tensor(pixels).float(), _tensor(points).float()
    for name, values, width in (("pixels", places, 2), ("points", space, 3)):
        if values.dim() != 2 or values.shape[1] != width:
            raise ValueError(f"{name} must be (V, {width}): one mesh, got {tuple(values.shape)}")
    default = (GREY,) * 3 if style == "shaded" else tuple(channel / 255 for channel in LANDMARK_COLOUR)
    paint = _paint(default if colours is None else colours, len(space))
    window = _window(canvas.shape[:2], places, space, _tensor(faces).long())
    if window is None:
        return canvas
    drawn = {"shaded": _shaded, "wireframe": _wires, "points": _dots}[style](window, _rasterized(window), paint)
    rows = drawn.pixel // window.size[1] + window.top
    columns = drawn.pixel % window.size[1] + window.left
    share = np.float32(opacity) * drawn.cover[:, None]
    mixed = (1 - share) * canvas[rows, columns] + share * (255 * drawn.colour.clip(0, 1))
    canvas[rows, columns] = np.rint(mixed).astype(np.uint8)
    return canvas


def _tensor(values: Tensor | np.ndarray) -> Tensor:
    return values.detach().cpu() if isinstance(values, Tensor) else torch.from_numpy(np.ascontiguousarray(values))


def _paint(colours: Tensor | np.ndarray | tuple, num_verts: int) -> Tensor:
    """A colour for each vertex, ``(V, 3)``."""
    paint = _tensor(colours if isinstance(colours, Tensor) else np.asarray(colours)).float()
    if paint.shape not in ((3,), (num_verts, 3)):
        raise ValueError(f"colours must be (3,) or ({num_verts}, 3), got {tuple(paint.shape)}")
    return paint.expand(num_verts, 3)


def _window(size: tuple[int, int], pixels: Tensor, points: Tensor, triangles: Tensor) -> _Window | None:
    """The smallest part of the photo that holds the mesh; ``None`` where the mesh is beside it or behind the viewer."""
    if len(pixels) != len(points):
        raise ValueError(f"there are {len(pixels)} pixels for {len(points)} points")
    front = (points[:, 2] < 0) & pixels.isfinite().all(1)
    triangles = triangles[front[triangles].all(1)]
    if not len(triangles):
        return None
    corners = pixels[triangles.flatten()]
    limit = corners.new_tensor([size[1], size[0]])
    low = corners.amin(0).floor().clamp(min=0).minimum(limit).long()
    high = corners.amax(0).ceil().clamp(min=0).minimum(limit).long()
    (left, top), (width, height) = low.tolist(), (high - low).tolist()
    if width < 1 or height < 1:
        return None
    at = pixels.masked_fill(~front[:, None], 0.0) - low
    return _Window(left, top, (height, width), at, points, triangles)


def _rasterized(window: _Window) -> CoveredPixels:
    """The nearest triangle of every pixel of the window.

    Depth is interpolated as if it were linear in the picture: off by some hundredths of a millimetre over a triangle of
    a head at arm's length.
    """
    image = torch.cat([pixels_to_image(window.at, window.size), -window.points[:, 2:]], dim=1)
    return TorchRasterizer(window.size, cull_backfaces=True).covered(image[None], window.faces)


def _shaded(window: _Window, seen: CoveredPixels, paint: Tensor) -> _Drawn:
    """The lit surface."""
    normals = vertex_normals(window.points[None], window.faces)[0]
    corners, bary = window.faces[seen.face], seen.bary[..., None]
    normal = torch.nn.functional.normalize((normals[corners] * bary).sum(1), dim=1).t()[None]
    light = directional_irradiance(normal, shape_lights(normal))[0].t()
    colour = (paint[corners] * bary).sum(1) * light
    return _Drawn(seen.pixel.numpy(), colour.numpy(), np.ones(len(colour), np.float32))


def _wires(window: _Window, seen: CoveredPixels, paint: Tensor) -> _Drawn:
    """The edges: a pixel is covered as far as it is nearer than half a line to an edge of its triangle."""
    a, b, c = window.at[window.faces].unbind(1)
    sides = torch.stack([c - b, a - c, b - a], dim=1)  # opposite to the corners
    u, v = b - a, c - a
    area = (u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]).abs()
    heights = area[:, None] / sides.norm(dim=2).clamp(min=1e-6)  # (F', 3) pixels
    away = (seen.bary * heights[seen.face]).amin(1)
    half = max(1.0, LINE_SHARE * min(window.size)) / 2
    colour = (paint[window.faces[seen.face]] * seen.bary[..., None]).sum(1)
    return _Drawn(seen.pixel.numpy(), colour.numpy(), (half + 0.5 - away).clamp(0, 1).numpy())


def _dots(window: _Window, seen: CoveredPixels, paint: Tensor) -> _Drawn:
    """The visible vertices; a dot at the outline reaches beyond the surface."""
    radius = max(1.0, DOT_SHARE * min(window.size))
    colour, cover = np.zeros((*window.size, 3), np.float32), np.zeros(window.size, np.uint8)
    scale = 1 << _SUBPIXEL
    for vertex in _visible(window, seen):
        x, y = window.at[vertex].tolist()
        place = (round((x - 0.5) * scale), round((y - 0.5) * scale))
        cv2.circle(cover, place, round(radius * scale), 255, -1, cv2.LINE_AA, _SUBPIXEL)
        cv2.circle(colour, place, round((radius + 1) * scale), paint[vertex].tolist(), -1, cv2.LINE_8, _SUBPIXEL)
    pixel = np.flatnonzero(cover)
    return _Drawn(pixel, colour.reshape(-1, 3)[pixel], cover.reshape(-1)[pixel] / np.float32(255))


def _visible(window: _Window, seen: CoveredPixels) -> list[int]:
    """The vertices of the window that nothing hides."""
    height, width = window.size
    vertices = window.faces.unique()
    column, row = window.at[vertices].floor().long().unbind(1)
    inside = (column >= 0) & (column < width) & (row >= 0) & (row < height)
    vertices, pixel = vertices[inside], (row * width + column)[inside]
    depth = seen.depth.new_full((height * width,), -torch.inf).index_copy(0, seen.pixel, seen.depth)
    return vertices[-window.points[vertices, 2] <= depth[pixel] + HIDDEN].tolist()
