"""A table of pictures with column titles."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PIL import Image, ImageDraw, ImageFont
from torch import Tensor

GAP, TITLE_HEIGHT = 2, 16


def draw_grid(rows: Sequence[Sequence[Tensor]], titles: Sequence[str] = (), cell: int = 112) -> Image.Image:
    """Lay images out in rows, each scaled to the same height.

    Args:
        rows: Images ``(3, h, w)`` in ``[0, 1]``, RGB; values outside are clamped. All rows have equal length.
        titles: Names of the columns; none for a grid without titles.
        cell: Height and width of a cell in pixels.

    Returns:
        The picture, white between the cells.
    """
    n_columns = max((len(row) for row in rows), default=0)
    top = TITLE_HEIGHT if titles else 0
    size = (n_columns * (cell + GAP) + GAP, top + len(rows) * (cell + GAP) + GAP)
    canvas = Image.new("RGB", size, "white")
    pen, font = ImageDraw.Draw(canvas), ImageFont.load_default()
    for column, title in enumerate(titles):
        pen.text((GAP + column * (cell + GAP), 2), str(title), fill="black", font=font)
    for i, row in enumerate(rows):
        for j, image in enumerate(row):
            canvas.paste(to_pil(image, cell), (GAP + j * (cell + GAP), top + GAP + i * (cell + GAP)))
    return canvas


def to_pil(image: Tensor, cell: int) -> Image.Image:
    """A tensor ``(3, h, w)`` in ``[0, 1]`` as a picture of ``cell`` pixels each way; NaN becomes black."""
    values = image.detach().float().nan_to_num(0).clamp(0, 1).mul(255).round().byte().cpu()
    array = np.ascontiguousarray(values.permute(1, 2, 0).numpy())
    return Image.fromarray(array).resize((cell, cell), Image.Resampling.BILINEAR)
