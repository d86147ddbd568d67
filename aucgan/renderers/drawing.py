"""Pictures for people: landmarks on images and grids of images."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
import torch
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

from aucgan.renderers.camera import image_to_pixels

LANDMARK_COLOUR = (0, 255, 0)
GAP, TITLE_HEIGHT = 2, 14
"""Between the pictures of a grid, and above them for titles, in pixels."""
LANDMARK_PATHS = (
    (0, 17, False),  # jaw line
    (17, 22, False),
    (22, 27, False),  # brows
    (27, 31, False),
    (31, 36, False),  # nose
    (36, 42, True),
    (42, 48, True),  # eyes
    (48, 60, True),
    (60, 68, True),  # lips
)
"""First, one past last, closed: the polylines that join the 68 landmarks."""


def to_uint8(image: Tensor | np.ndarray) -> np.ndarray:
    """An image as uint8 ``(H, W, 3)``.

    Args:
        image: float in [0, 1] (clipped) or uint8; ``(C, H, W)`` tensor or ``(H, W[, C])`` array, C = 1 or 3.

    Raises:
        ValueError: The shape is none of these.
    """
    array = image.detach().cpu().numpy() if isinstance(image, Tensor) else np.asarray(image)
    if isinstance(image, Tensor) and array.ndim == 3:
        array = array.transpose(1, 2, 0)
    if array.ndim == 2:
        array = array[..., None]
    if array.ndim != 3 or array.shape[2] not in (1, 3):
        raise ValueError(f"expected an image with 1 or 3 channels, got shape {tuple(image.shape)}")
    if array.dtype != np.uint8:
        array = (np.nan_to_num(array, nan=0.0).clip(0, 1) * 255 + 0.5).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(array, (*array.shape[:2], 3)))


def draw_landmarks(
    image: Tensor | np.ndarray,
    landmarks: Tensor | np.ndarray,
    colour: tuple[int, int, int] = LANDMARK_COLOUR,
    radius: float = 1.5,
) -> np.ndarray:
    """Draw landmarks as dots, joined by lines when there are 68.

    Args:
        image: As for :func:`to_uint8`.
        landmarks: Image-space positions, ``(N, 2)`` or ``(N, 3)``: the shorter side spans [-1, 1].
        colour: RGB.
        radius: Of the dots, in pixels.

    Returns:
        A new picture, ``(H, W, 3)`` uint8.
    """
    picture = Image.fromarray(to_uint8(image))
    points = torch.as_tensor(landmarks).detach().cpu().float()
    if points.dim() != 2 or points.shape[1] < 2:
        raise ValueError(f"landmarks must be (N, 2) or (N, 3), got {tuple(points.shape)}")
    x, y = image_to_pixels(points, (picture.height, picture.width))
    where = torch.stack([x, y], dim=1).nan_to_num(nan=-10.0).clamp(-1e4, 1e4).tolist()
    canvas = ImageDraw.Draw(picture)
    if len(where) == 68:
        dark = tuple(channel // 2 for channel in colour)
        for first, last, closed in LANDMARK_PATHS:
            path = where[first:last] + (where[first : first + 1] if closed else [])
            canvas.line([tuple(point) for point in path], fill=dark)
    for px, py in where:
        canvas.ellipse([px - radius, py - radius, px + radius, py + radius], fill=colour)
    return np.asarray(picture)


def picture_grid(
    rows: Sequence[Sequence[Tensor | np.ndarray] | Tensor],
    gap: int = GAP,
    background: int = 255,
) -> np.ndarray:
    """Join pictures into one.

    Args:
        rows: One sequence of pictures (or one ``(N, C, H, W)`` batch) per row of the grid. Pictures of another
            size than the first are resized to it.
        gap: Pixels between pictures.
        background: Grey level of gaps and missing cells.

    Returns:
        ``(H, W, 3)`` uint8.

    Raises:
        ValueError: There is no picture.
    """
    cells = [[to_uint8(picture) for picture in row] for row in rows]
    if not any(cells):
        raise ValueError("picture_grid needs at least one picture")
    height, width = next(cell for row in cells for cell in row).shape[:2]
    columns = max(len(row) for row in cells)
    size = (len(cells) * (height + gap) - gap, columns * (width + gap) - gap, 3)
    grid = np.full(size, background, np.uint8)
    for i, row in enumerate(cells):
        for j, cell in enumerate(row):
            top, left = i * (height + gap), j * (width + gap)
            grid[top : top + height, left : left + width] = _resized(cell, height, width)
    return grid


def _resized(picture: np.ndarray, height: int, width: int) -> np.ndarray:
    if picture.shape[:2] == (height, width):
        return picture
    return np.asarray(Image.fromarray(picture).resize((width, height), Image.Resampling.BILINEAR))


def titled_grid(
    rows: Sequence[Sequence[Tensor | np.ndarray]], titles: Sequence[str] = (), row_titles: Sequence[str] = ()
) -> Image.Image:
    """Join rows of pictures into one, with a name above each column and a name to the left of each row.

    Args:
        rows: As for :func:`picture_grid`.
        titles: One per column, or none.
        row_titles: One per row, or none.
    """
    grid = Image.fromarray(picture_grid(rows))
    font = ImageFont.load_default()
    left = math.ceil(max((font.getlength(title) for title in row_titles), default=-2 * GAP)) + 2 * GAP
    top = TITLE_HEIGHT if titles else 0
    canvas = Image.new("RGB", (left + grid.width, top + grid.height), "white")
    canvas.paste(grid, (left, top))
    pen = ImageDraw.Draw(canvas)
    across, down = (grid.width + GAP) / max(len(row) for row in rows), (grid.height + GAP) / len(rows)
    for column, title in enumerate(titles):
        pen.text((left + round(column * across), 1), title, fill="black", font=font)
    for row, title in enumerate(row_titles):
        pen.text((0, top + round((row + 0.5) * down)), title, fill="black", font=font, anchor="lm")
    return canvas


def captioned_grid(pictures: Mapping[str, Tensor | np.ndarray], columns: int, side: int | None = None) -> Image.Image:
    """Join pictures into one, each below its own name.

    Args:
        pictures: By name, in order.
        columns: Pictures per row.
        side: Height and width of every picture in pixels; ``None``: those of the first.
    """
    size = to_uint8(next(iter(pictures.values()))).shape[:2] if side is None else (side, side)
    cells = [_captioned(_resized(to_uint8(picture), *size), name) for name, picture in pictures.items()]
    return Image.fromarray(picture_grid([cells[i : i + columns] for i in range(0, len(cells), columns)]))


def _captioned(picture: np.ndarray, caption: str) -> np.ndarray:
    canvas = Image.new("RGB", (picture.shape[1], picture.shape[0] + TITLE_HEIGHT), "white")
    canvas.paste(Image.fromarray(picture), (0, TITLE_HEIGHT))
    ImageDraw.Draw(canvas).text((1, 1), caption, fill="black", font=ImageFont.load_default())
    return np.asarray(canvas)
