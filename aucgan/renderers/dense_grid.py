"""The mesh that joins neighbouring texels of a UV map."""

from __future__ import annotations

import torch
from torch import Tensor


def grid_faces(height: int, width: int, margin: tuple[int, int] = (0, 0)) -> Tensor:
    """Triangles over a grid of ``height x width`` points numbered row by row.

    Each cell gives (top left, bottom left, top right) and (top right, bottom left, bottom right): counter-clockwise
    seen from outside when row 0 is v = 1.

    Args:
        height: Rows.
        width: Columns.
        margin: Rows and columns of cells left out along each border; published maps used (5, 2).

    Returns:
        ``(2 * cells, 3)`` int64, cells column by column.
    """
    rows = torch.arange(margin[0], height - 1 - margin[0])
    columns = torch.arange(margin[1], width - 1 - margin[1])
    top_left = (rows[None, :] * width + columns[:, None]).reshape(-1)
    low_left = top_left + width
    upper = torch.stack([top_left, low_left, top_left + 1], dim=1)
    lower = torch.stack([top_left + 1, low_left, low_left + 1], dim=1)
    return torch.stack([upper, lower], dim=1).view(-1, 3)
