"""Pictures as PNG, made once where several files hold the same."""

from __future__ import annotations

import io
from functools import lru_cache

import numpy as np
from PIL import Image

PNG_EFFORT = 3
"""Of 9: half the time of the usual 6, and files of photos that are a few per cent larger."""
KEPT = 4
"""So many pictures are remembered: the texture of a face goes into four of its files, its normals into two."""


def png_bytes(picture: np.ndarray) -> bytes:
    """A PNG file's content.

    Args:
        picture: ``(H, W, 3)`` uint8, or ``(H, W)`` uint8 or uint16.
    """
    return _encoded(np.ascontiguousarray(picture).tobytes(), picture.shape, picture.dtype.str)


@lru_cache(maxsize=KEPT)
def _encoded(content: bytes, shape: tuple[int, ...], dtype: str) -> bytes:
    png = io.BytesIO()
    Image.fromarray(np.frombuffer(content, dtype).reshape(shape)).save(png, "PNG", compress_level=PNG_EFFORT)
    return png.getvalue()
