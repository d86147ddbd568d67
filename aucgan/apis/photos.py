"""Photos from disk: whatever a camera, a scanner or a drawing program wrote, as RGB bytes."""

from __future__ import annotations

import math
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps, UnidentifiedImageError
from torch import Tensor

from aucgan.datasets.face_folder import IMAGE_SUFFIXES

WORKING_PIXELS = 25_000_000
"""Photos with more pixels are made smaller by a whole number as they are read: no face needs more."""
PAPER = 255
"""Grey level behind what is transparent."""
DEEP_MODES = ("I;16", "I;16L", "I;16B", "I;16N", "I", "F")
"""Pillow's modes of more than 8 bits a channel."""
ORIENTATION = 0x0112
"""Exif: how the camera was held."""
SIDEWAYS = (5, 6, 7, 8)
"""Its values for photos whose stored rows are columns."""


class UnreadablePhotoError(ValueError):
    """A file is no picture, or a damaged one.

    Attributes:
        reason: What is wrong with it, without its name.
    """

    def __init__(self, path: str | Path, reason: str) -> None:
        super().__init__(f"{path} is no picture that can be read: {reason}")
        self.reason = reason


@dataclass(frozen=True)
class Photo:
    """A photo as it is worked with.

    Attributes:
        pixels: RGB, upright as its camera noted, ``(h, w, 3)`` uint8.
        size: Height and width of the original, upright.
        divisor: Pixels of the original on a side of one of ``pixels``; 1 unless the photo is huge.
        note: What was left out of it (``"animated: its first picture is taken"``), or nothing.
    """

    pixels: np.ndarray
    size: tuple[int, int]
    divisor: int = 1
    note: str = ""


def find_photos(path: str | Path) -> list[Path]:
    """The photo itself, or all photos of a folder in the order of their names.

    Raises:
        FileNotFoundError: There is no such file, or no photo in the folder.
    """
    path = Path(path)
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is neither a photo nor a folder")
    photos = sorted(p for p in path.iterdir() if p.suffix.lower() in IMAGE_SUFFIXES)
    if not photos:
        raise FileNotFoundError(f"{path} holds no photo ({', '.join(IMAGE_SUFFIXES)})")
    return photos


def read_photo(path: str | Path, size: Sequence[int], crop: float = 1.0) -> Tensor:
    """Read an aligned photo.

    Args:
        path: The file.
        size: Height and width of the result.
        crop: Share of the photo's side that is kept, round the centre, in (0, 1]: the face should span about 60 %
            of what remains, as in the training data.

    Returns:
        ``(1, 3, H, W)`` float32 in [0, 1], turned upright as the camera noted.

    Raises:
        FileNotFoundError: There is no such file.
        UnreadablePhotoError: The file is no picture, or a damaged one.
        ValueError: ``crop`` is out of range.
    """
    if not 0 < crop <= 1:
        raise ValueError(f"crop must be in (0, 1], got {crop}")
    photo = Image.fromarray(open_photo(path).pixels)
    side = crop * min(photo.size)
    left, top = (photo.width - side) / 2, (photo.height - side) / 2
    box = (left, top, left + side, top + side)
    photo = photo.resize((size[1], size[0]), Image.Resampling.LANCZOS, box=box)
    return torch.from_numpy(np.array(photo)).permute(2, 0, 1)[None] / 255.0


def open_photo(path: str | Path) -> Photo:
    """Read a picture of any kind that Pillow knows: grey, 16 bits, CMYK, with a palette or transparency, animated.

    Raises:
        FileNotFoundError: There is no such file.
        UnreadablePhotoError: The file is no picture, or a damaged one; ``reason`` says what is wrong.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # made smaller below
            with Image.open(path) as picture:
                return _working_copy(picture)
    except FileNotFoundError:
        raise
    except (OSError, SyntaxError, ValueError, Image.DecompressionBombError) as error:  # PIL's words for damaged files
        raise UnreadablePhotoError(path, _reason(Path(path), error)) from error


def rgb(picture: Image.Image) -> Image.Image:
    """A picture of any mode as RGB; what is transparent becomes white, 16 bits become 8."""
    if picture.mode in DEEP_MODES:
        picture = _eight_bits(picture)
    if picture.has_transparency_data:
        picture = picture.convert("RGBA")
        paper = Image.new("RGBA", picture.size, (PAPER, PAPER, PAPER, 255))
        picture = Image.alpha_composite(paper, picture)
    return picture.convert("RGB")


def _working_copy(picture: Image.Image) -> Photo:
    width, height = picture.size
    least = max(1, math.ceil(math.sqrt(width * height / WORKING_PIXELS)))
    picture.draft(None, (math.ceil(width / least), math.ceil(height / least)))  # of JPEG alone, and never smaller
    decoded = max(1, round(width / picture.width))
    note = "animated: its first picture is taken" if getattr(picture, "is_animated", False) else ""
    size = (width, height) if picture.getexif().get(ORIENTATION) in SIDEWAYS else (height, width)
    upright = rgb(ImageOps.exif_transpose(picture))
    further = max(1, math.ceil(least / decoded))
    return Photo(np.array(upright.reduce(further) if further > 1 else upright), size, decoded * further, note)


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Grey of 16 or 32 bits or of floats as 8 bits; floats and whole numbers by the range that they use."""
    values = np.asarray(picture).astype(np.float32)
    most = float(np.nanmax(values)) if values.size else 0.0
    full = next((full for full in (1.0 if picture.mode == "F" else 255.0, 255.0, 65535.0) if most <= full), most)
    full = 65535.0 if picture.mode.startswith("I;16") else full
    return Image.fromarray((np.nan_to_num(values).clip(0, full) / full * 255 + 0.5).astype(np.uint8))


def _reason(path: Path, error: Exception) -> str:
    if isinstance(error, PermissionError):
        return "this user may not read it"
    if path.is_dir():
        return "it is a folder"
    if path.is_file() and path.stat().st_size == 0:
        return "it is empty (0 bytes)"
    if isinstance(error, UnidentifiedImageError):
        return "it is of another kind, or its beginning is damaged"
    if isinstance(error, Image.DecompressionBombError):
        return "it has more than 178 million pixels; make it smaller"
    return f"it is damaged or cut off ({error})"
