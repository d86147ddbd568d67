"""The focal length of a photo in pixels."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from PIL import Image

FOCAL_35MM = 0xA405
"""Exif: focal length in 35 mm film, millimetres; 0 where the camera does not know."""
EXIF_IFD = 0x8769
FILM_DIAGONAL = float(np.hypot(36.0, 24.0))
"""Millimetres."""


def focal_from_exif(path: str | Path) -> float | None:
    """The focal length that the camera noted.

    Args:
        path: A photo as the camera wrote it; if it was cropped since, the note is wrong.

    Returns:
        Pixels of the photo, or ``None`` if there is no such note.

    Raises:
        FileNotFoundError: There is no such file.
        OSError: It is no picture.
    """
    with Image.open(path) as photo:
        millimetres = float(photo.getexif().get_ifd(EXIF_IFD).get(FOCAL_35MM, 0) or 0)
        return millimetres / FILM_DIAGONAL * float(np.hypot(*photo.size)) if millimetres > 0 else None
