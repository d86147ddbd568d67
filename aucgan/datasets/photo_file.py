"""Reading a photo, no larger than it is needed."""

from __future__ import annotations

import io
import math
from collections.abc import Callable

import numpy as np
from PIL import Image

from aucgan.datasets.sample_files import SampleFile

Zoom = Callable[[tuple[int, int]], float]
"""From the height and width of a photo to how many pixels of the result one of its pixels becomes."""


def decode_photo(file: SampleFile, zoom: Zoom | None = None) -> tuple[np.ndarray, tuple[int, int], int]:
    """Decode a photo; a JPEG that will be scaled down is decoded at a half, a quarter or an eighth of its size.

    The decoder of JPEG gives these sizes for less time than the full one, as means over whole pixels, so that pixel
    coordinates (centres at ½) are divided by the same number. A photo never gets smaller than ``zoom`` asks for.

    Args:
        file: The file; other formats than JPEG are always decoded in full.
        zoom: How far the photo will be scaled; ``None`` keeps its size.

    Returns:
        The picture ``(h, w, 3)`` uint8, the photo's own height and width, and the divisor 1, 2, 4 or 8.
    """
    with Image.open(io.BytesIO(file.read_bytes())) as photo:
        width, height = photo.size
        if zoom is not None:
            factor = zoom((height, width))
            photo.draft(None, (math.ceil(width * factor), math.ceil(height * factor)))
        divisor = round(width / photo.width)
        return np.asarray(photo.convert("RGB")), (height, width), divisor


def decode_mask(file: SampleFile, size: tuple[int, int], divisor: int = 1) -> np.ndarray:
    """Decode the mask of a photo, ``(h, w)`` uint8, as small as the photo was decoded.

    Args:
        file: The file.
        size: Height and width of the whole photo.
        divisor: What :func:`decode_photo` gave.

    Raises:
        ValueError: The mask is not as large as its photo.
    """
    with Image.open(io.BytesIO(file.read_bytes())) as mask:
        if mask.size != size[::-1]:
            raise ValueError(f"{file} is {mask.size}, but its photo is {size[::-1]}")
        return np.asarray(mask.convert("L").reduce(divisor))
