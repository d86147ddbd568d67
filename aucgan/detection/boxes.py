"""Boxes of faces: anchors, overlap, non-maximum suppression."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np


def anchor_centres(grids: Sequence[tuple[int, int]]) -> np.ndarray:
    """Centres of a single-shot detector's anchors.

    Args:
        grids: For each layer the cells per side and the anchors per cell.

    Returns:
        ``(N, 2)`` float32 in [0, 1], rows from the top, anchors of one cell one after the other.
    """
    layers = []
    for cells, repeats in grids:
        row, column = np.mgrid[:cells, :cells]
        centres = (np.stack([column, row], -1).reshape(-1, 2) + 0.5) / cells
        layers.append(np.repeat(centres, repeats, axis=0))
    return np.concatenate(layers).astype(np.float32)


def overlaps(box: np.ndarray, boxes: np.ndarray) -> np.ndarray:
    """Intersection over union of a box ``(4,)`` with others ``(N, 4)``, ``(N,)``."""
    low, high = np.maximum(box[:2], boxes[:, :2]), np.minimum(box[2:], boxes[:, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=1)
    areas = np.prod(boxes[:, 2:] - boxes[:, :2], axis=1) + np.prod(box[2:] - box[:2])
    return shared / np.maximum(areas - shared, 1e-9)


def suppress(boxes: np.ndarray, scores: np.ndarray, most: float) -> list[int]:
    """Non-maximum suppression.

    Args:
        boxes: ``(N, 4)``.
        scores: ``(N,)``.
        most: Boxes that overlap a better one by more than this are dropped.

    Returns:
        Indices of the boxes that stay, the best first.
    """
    left, kept = list(np.argsort(-scores, kind="stable")), []
    while left:
        best = left.pop(0)
        kept.append(int(best))
        if left:
            shares = overlaps(boxes[best], boxes[left])
            left = [index for index, share in zip(left, shares, strict=True) if share <= most]
    return kept
