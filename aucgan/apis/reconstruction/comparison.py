"""A face in its photo beside what was made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import cv2
import numpy as np
import torch
import torch.nn.functional as F
from PIL import Image
from torch import Tensor

from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.renderers.drawing import titled_grid

if TYPE_CHECKING:
    from aucgan.apis.reconstruction.face_result import ReconstructedFace

TITLES = ("photo", "coarse shape", "detail shape", "texture")


@torch.no_grad()
def comparison(face: ReconstructedFace, side: int = 256) -> Image.Image:
    """Photo, coarse shape, detail shape (where a network gave detail) and the textured mesh, side by side.

    Args:
        face: The face.
        side: Height and width of each picture, pixels.
    """
    part = PicturePart.square(face.fitted, side)
    photo = cut_part(face.photo.pixels, part, face.photo.divisor).to(face.studio.device)
    surface, renderer, verts, _ = face.studio.surface(face.fitted, part)
    texture = torch.from_numpy(face.texture).permute(2, 0, 1)[None].to(photo)
    covered = surface.alpha * surface.facing
    pictures = [photo, renderer.draw_shape(surface, photo)]
    if face.uv_displacement is not None:
        normals = face.studio.detail_normals(face.uv_displacement, verts, surface.normals)
        pictures.append(renderer.draw_shape(surface, photo, normals))
    pictures.append(torch.lerp(torch.full_like(photo, 0.92), renderer.sample_uv(texture, surface.grid), covered))
    titles = [title for title in TITLES if face.uv_displacement is not None or title != "detail shape"]
    return titled_grid([[picture[0] for picture in pictures]], titles)


def cut_part(pixels: np.ndarray, part: PicturePart, divisor: int) -> Tensor:
    """What the part of a picture shows of the photo, white where it leaves the photo, ``(1, 3, h, w)``."""
    zoom = part.scale[0] * divisor
    height, width = pixels.shape[:2]
    shape = (max(1, round(width * zoom)), max(1, round(height * zoom)))
    resized = cv2.resize(pixels, shape, interpolation=cv2.INTER_AREA if zoom < 1 else cv2.INTER_LINEAR)
    whole = torch.from_numpy(resized).permute(2, 0, 1)[None].float() / 255
    right, bottom = part.left + part.width - shape[0], part.top + part.height - shape[1]
    return F.pad(whole, (-part.left, right, -part.top, bottom), value=1.0)
