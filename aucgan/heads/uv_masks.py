"""Drawing vertex values into UV maps, and the masks of a head."""

from __future__ import annotations

import numpy as np
from scipy.ndimage import gaussian_filter

MASK_SIZE = 256
_FEATHER = 1.2  # texels


def draw_in_uv(triangles: np.ndarray, values: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw values given at the corners of triangles into a map.

    Args:
        triangles: UV corners, v up, ``(F, 3, 2)``.
        values: At the corners, ``(F, 3, C)``.
        size: Texels along each side.

    Returns:
        The map ``(size, size, C)``, 0 outside, row 0 is v = 1; and the covered texels ``(size, size)``.
    """
    image, covered = np.zeros((size, size, values.shape[-1])), np.zeros((size, size), bool)
    pixels = triangles * [size, -size] + [-0.5, size - 0.5]
    lows = np.maximum(np.ceil(pixels.min(1) - 1e-6), 0).astype(int)
    highs = np.minimum(np.floor(pixels.max(1) + 1e-6), size - 1).astype(int)
    for (a, b, c), value, low, high in zip(pixels, values, lows, highs, strict=True):
        area = (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0])
        if (high < low).any() or abs(area) < 1e-12:
            continue
        x, y = np.meshgrid(np.arange(low[0], high[0] + 1), np.arange(low[1], high[1] + 1))
        first = ((b[0] - x) * (c[1] - y) - (b[1] - y) * (c[0] - x)) / area
        second = ((c[0] - x) * (a[1] - y) - (c[1] - y) * (a[0] - x)) / area
        weights = np.stack([first, second, 1.0 - first - second], axis=-1)
        inside = weights.min(-1) >= -1e-6
        image[y[inside], x[inside]] = weights[inside] @ value
        covered[y[inside], x[inside]] = True
    return image, covered


def head_masks(
    triangles: np.ndarray, faces: np.ndarray, skin: np.ndarray, eyes: np.ndarray, inside: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """``face_mask`` and ``face_eye_mask`` of a head, each ``(256, 256)`` float32 in [0, 1].

    Args:
        triangles: UV corners, ``(F, 3, 2)``.
        faces: Vertices of the same triangles, ``(F, 3)``.
        skin: How much each vertex belongs to the skin of the face, ``(V,)`` in [0, 1].
        eyes: Mask of the eyeballs' vertices, ``(V,)``.
        inside: Mask ``(F,)`` of the faces that displacement never moves: eyeballs, sockets, mouth, teeth, tongue.
    """
    values = np.stack([np.maximum(skin, eyes), skin], axis=1)[faces]
    visible = ~inside | eyes[faces].all(1)
    drawn, _ = draw_in_uv(triangles[visible], values[visible], MASK_SIZE)
    _, hidden = draw_in_uv(triangles[inside], values[inside], MASK_SIZE)
    soft = gaussian_filter(drawn[..., 1], _FEATHER) * (drawn[..., 1] > 0) * ~hidden
    return drawn[..., 0].astype(np.float32), soft.astype(np.float32)
