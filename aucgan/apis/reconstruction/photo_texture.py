"""The texture of a face from its photo: what the photo shows, then the mirrored other side, then what lies around."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.apis.reconstruction.studio import Studio
from aucgan.fitting.fitted_faces import FittedFaces

MOST_SIDE = 1024
"""Pixels that a face gets at most on a side before it is carried to the map: finer ones would alias."""
HIDDEN = 0.004
"""Metres that a place may lie behind what the picture shows and still count as seen."""
EDGE_ON, FRONTAL = 0.15, 0.5
"""Cosines of the angle to the viewer between which a place goes from not seen to seen."""
INSIDE: dict[str, tuple[float, float, float]] = {
    "teeth_upper": (0.86, 0.83, 0.75),
    "teeth_lower": (0.84, 0.81, 0.73),
    "tongue": (0.62, 0.33, 0.33),
    "mouth": (0.42, 0.18, 0.18),
    "eyeball": (0.87, 0.85, 0.83),
}
"""Colours of what a closed mouth and lids hide."""


@torch.no_grad()
def photo_texture(studio: Studio, fitted: FittedFaces, pixels: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """Unwrap a photo.

    Args:
        studio: Of the head.
        fitted: One face.
        pixels: The photo or a smaller copy of it, ``(h, w, 3)`` uint8.
        size: Height and width of the photo itself.

    Returns:
        RGB in [0, 1] with the light of the photo in it, complete, ``(S, S, 3)`` float32.
    """
    part = PicturePart.around(fitted, size, pixels.shape[:2])
    if part is None:
        return np.full((studio.renderer.uv_size, studio.renderer.uv_size, 3), 0.5, np.float32)
    smaller = max(1, round(max(part.height, part.width) / MOST_SIDE))
    image = torch.from_numpy(np.ascontiguousarray(pixels[part.rows, part.columns])).permute(2, 0, 1)[None]
    image = F.avg_pool2d(image.float().to(studio.device) / 255, smaller, ceil_mode=True, count_include_pad=False)
    texture, seen = _carried(studio, fitted, part, image)
    if studio.has_mirrored_chart:
        other = (1 - seen) * seen.flip(3)
        texture = (texture * seen + texture.flip(3) * other) / (seen + other).clamp(min=1e-6)
        seen = seen + other
    colours, inside = _hidden_parts(studio)
    texture = torch.lerp(colours, texture, torch.where(inside > 0, seen, torch.ones_like(seen)))
    known = torch.maximum(seen, inside) * studio.renderer.world2uv.inside
    return spread(texture, known)[0].clamp(0, 1).permute(1, 2, 0).cpu().numpy()


def spread(picture: Tensor, known: Tensor) -> Tensor:
    """Fill what is not known with what lies around it, the near more than the far (pull-push).

    Args:
        picture: ``(B, C, S, S)``, S a power of two or at least even a few times.
        known: How well each place is known, in [0, 1], ``(B, 1, S, S)``.

    Returns:
        ``(B, C, S, S)``; unchanged where ``known`` is 1.
    """
    side = picture.shape[-1]
    if side == 1 or side % 2:
        mean = (picture * known).sum((2, 3), keepdim=True) / known.sum((2, 3), keepdim=True).clamp(min=1e-6)
        return torch.lerp(mean.expand_as(picture), picture, known)
    weight = F.avg_pool2d(known, 2)
    half = F.avg_pool2d(picture * known, 2) / weight.clamp(min=1e-6)
    rough = spread(half, (weight * 4).clamp(max=1))
    rough = F.interpolate(rough, (side, side), mode="bilinear", align_corners=False)
    return torch.lerp(rough, picture, known)


def _carried(studio: Studio, fitted: FittedFaces, part: PicturePart, image: Tensor) -> tuple[Tensor, Tensor]:
    """What the photo shows of each texel, ``(1, 3, S, S)``, and how well, ``(1, 1, S, S)``."""
    surface, renderer, verts, trans_verts = studio.surface(fitted, part)
    texture, visible = renderer.unwrap(image, trans_verts)
    nearest, _ = renderer.render_attributes(trans_verts, verts[..., 2:])
    shown, _ = renderer.unwrap(nearest, trans_verts)
    texels = renderer.world2uv(torch.cat([verts[..., 2:], surface.transformed_normals[..., 2:]], 2))
    in_front = (shown - texels[:, :1] < HIDDEN).float()
    facing = ((-texels[:, 1:] - EDGE_ON) / (FRONTAL - EDGE_ON)).clamp(0, 1)
    return texture, visible * in_front * facing


def _hidden_parts(studio: Studio) -> tuple[Tensor, Tensor]:
    """Colours of the parts that may be hidden, and where they are, ``(1, 3, S, S)`` and ``(1, 1, S, S)``."""
    table = np.zeros((len(studio.head.vertex_parts), 4), np.float32)
    for name, colour in INSIDE.items():
        table[studio.head.vertex_parts == name] = (*colour, 1.0)
    maps = studio.renderer.world2uv(torch.from_numpy(table)[None].to(studio.device))
    inside = (maps[:, 3:] > 0.5).float()
    return maps[:, :3] / maps[:, 3:].clamp(min=1e-6), inside
