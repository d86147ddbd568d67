"""A picture of samples: what is trained on, and what is taken for skin."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import torch
from PIL import Image

from aucgan.files.atomic import atomic_path
from aucgan.renderers.camera import pixels_to_image
from aucgan.renderers.drawing import draw_landmarks, titled_grid

SIDE, COLUMNS = 192, 4
"""Pixels of a picture, and samples in a row; each has two pictures."""
DETECTED, FITTED = (0, 220, 0), (255, 90, 60)
NO_SKIN = np.array([40, 60, 160])
"""Colour of what is no skin, mixed in by half."""


@dataclass(frozen=True)
class Cell:
    """What is shown of a sample.

    Attributes:
        image: The crop, ``(S, S, 3)`` uint8.
        mask: Visible skin, ``(S, S)`` bool.
        landmarks: Detected, pixels, ``(68, 2)``.
        fitted: Those of the fit, ``(68, 2)``.
        title: In a few words.
    """

    image: np.ndarray
    mask: np.ndarray
    landmarks: np.ndarray
    fitted: np.ndarray
    title: str


def write_contact_sheet(path: Path, cells: Sequence[Cell]) -> None:
    """Draw samples: each with the detected (green) and the fitted landmarks (red), and with what is no skin in blue."""
    grids = []
    for start in range(0, len(cells), COLUMNS):
        row = list(cells[start : start + COLUMNS])
        pictures = [picture for cell in row for picture in _pictures(cell)]
        titles = [title for cell in row for title in (cell.title, "skin")]
        blank = np.full((SIDE, SIDE, 3), 255, np.uint8)
        lacking = 2 * COLUMNS - len(pictures)
        grids.append(np.asarray(titled_grid([pictures + [blank] * lacking], titles + [""] * lacking).convert("RGB")))
    with atomic_path(path) as temporary:
        Image.fromarray(np.concatenate(grids)).save(temporary, quality=90)


def _pictures(cell: Cell) -> tuple[np.ndarray, np.ndarray]:
    size = (SIDE, SIDE)
    image = cv2.resize(cell.image, size, interpolation=cv2.INTER_AREA)
    mask = cv2.resize(cell.mask.astype(np.uint8), size, interpolation=cv2.INTER_NEAREST) > 0
    skin = np.where(mask[..., None], image, image // 2 + NO_SKIN // 2).astype(np.uint8)
    places = [pixels_to_image(torch.as_tensor(p), cell.image.shape[:2]) for p in (cell.landmarks, cell.fitted)]
    drawn = draw_landmarks(draw_landmarks(image, places[0], DETECTED, 1.0), places[1], FITTED, 1.0)
    return drawn, skin
