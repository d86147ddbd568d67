"""Pictures as files."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from aucgan.files.atomic import atomic_path
from aucgan.renderers.drawing import to_uint8

JPEG_QUALITY = 92
SUFFIXES = (".png", ".jpg", ".jpeg")


def export_picture(path: str | Path, picture: Tensor | np.ndarray | Image.Image) -> Path:
    """Write a picture, such as an overlay or a comparison; the file is whole or not there.

    Args:
        path: ``.png`` (lossless) or ``.jpg``.
        picture: As for :func:`aucgan.renderers.drawing.to_uint8`, or an image of Pillow's.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is another, or the array is no picture.
    """
    path = Path(path)
    if path.suffix.lower() not in SUFFIXES:
        raise ValueError(f"expected a path that ends in {', '.join(SUFFIXES)}, got {path}")
    image = picture if isinstance(picture, Image.Image) else Image.fromarray(to_uint8(picture))
    with atomic_path(path) as temporary:
        image.save(temporary, quality=JPEG_QUALITY)
    return path
