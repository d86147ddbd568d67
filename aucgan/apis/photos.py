"""Photos from disk as network input."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from PIL import Image, ImageOps
from torch import Tensor

from aucgan.datasets.face_folder import IMAGE_SUFFIXES


class UnreadablePhotoError(ValueError):
    """A file is no picture, or a damaged one."""


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
    photo = _open(Path(path))
    side = crop * min(photo.size)
    left, top = (photo.width - side) / 2, (photo.height - side) / 2
    box = (left, top, left + side, top + side)
    photo = photo.resize((size[1], size[0]), Image.Resampling.LANCZOS, box=box)
    return torch.from_numpy(np.array(photo)).permute(2, 0, 1)[None] / 255.0


def _open(path: Path) -> Image.Image:
    try:
        with Image.open(path) as photo:
            return ImageOps.exif_transpose(photo).convert("RGB")
    except (FileNotFoundError, PermissionError):
        raise
    except (OSError, SyntaxError, Image.DecompressionBombError) as error:  # PIL's words for damaged files
        raise UnreadablePhotoError(f"{path} is no picture that can be read: damaged, or of another kind") from error
