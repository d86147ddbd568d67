"""Where a photo shows skin of the face, and nothing in front of it."""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
import torch

from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.apis.reconstruction.studio import Studio
from aucgan.datasets.landmarks import hull_mask
from aucgan.detection.mesh_points import INNER_LIPS, LEFT_EYE, RIGHT_EYE
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.renderers.shading import irradiance
from aucgan.renderers.srender_y import FRONT_FACING

MOST_SIDE = 144
"""Pixels on a side at which photo and lit skin are compared."""
BLUR = 0.02
"""Deviation of the blur of both, in sides: a single dark pixel is no hair."""
SHADE = (0.65, 1.6)
"""How much darker and brighter than the fit's smooth light skin may be: folds, cast shadows, gloss."""
AWAY = 0.08
"""Distance of the colours beyond that, in [0, 1], from which a place is an outlier."""
SPECK = 0.04
"""Islands and holes narrower than this, in sides, are closed or left out."""


def skin_mask(
    studio: Studio, crop: np.ndarray, landmarks68: np.ndarray, landmarks468: np.ndarray, fitted: FittedFaces
) -> np.ndarray:
    """The visible skin: the hull of the landmarks without eyes, mouth, and what the photometric fit calls an outlier.

    An outlier has a colour that the head's skin does not have under the fitted light, brighter or darker: hair,
    glasses, what is held before the face. Folds and gloss are skin; the fit's residual alone would leave them out.

    Args:
        studio: Of the fitted head.
        crop: The photo, square, ``(S, S, 3)`` uint8.
        landmarks68: In pixels of the crop, ``(68, 2)``.
        landmarks468: Likewise, ``(468, 2)``.
        fitted: One face, fitted with its photo, in pixels of the crop.

    Returns:
        255 where there is skin, else 0, ``(S, S)`` uint8.
    """
    side = crop.shape[0]
    small = min(side, MOST_SIDE)
    clear = _explained(studio, crop, fitted, small)
    grown = cv2.resize(clear, (side, side), interpolation=cv2.INTER_LINEAR) > 0.5
    mask = np.where(grown, hull_mask(landmarks68, (side, side)), 0).astype(np.uint8)
    for ring in (RIGHT_EYE, LEFT_EYE, INNER_LIPS):
        _cut_out(mask, landmarks468[list(ring)])
    return mask


def hull_share(mask: np.ndarray, landmarks68: np.ndarray) -> float:
    """How much of the landmarks' hull a mask keeps, in [0, 1]."""
    hull = hull_mask(landmarks68, mask.shape[:2]) > 0
    return float((mask > 0)[hull].mean()) if hull.any() else 0.0


def _explained(studio: Studio, crop: np.ndarray, fitted: FittedFaces, side: int) -> np.ndarray:
    """1 where the mesh shows skin and the photo has its colour, ``(side, side)`` float32."""
    seen, skin = _lit_skin(studio, fitted, side, side / crop.shape[0])
    photo = cv2.resize(crop, (side, side), interpolation=cv2.INTER_AREA).astype(np.float32) / 255
    known = np.maximum(_blurred(skin.astype(np.float32), side), 1e-3)[..., None]
    photo, seen = (_blurred(np.where(skin[..., None], colours, 0), side) / known for colours in (photo, seen))
    shade = (photo * seen).sum(-1) / np.maximum(np.square(seen).sum(-1), 1e-4)
    away = photo - shade.clip(*SHADE)[..., None] * seen
    clear = (skin & (np.square(away).sum(-1) < AWAY**2)).astype(np.uint8)
    speck = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, [2 * round(SPECK * side / 2) + 1] * 2)
    clear = cv2.morphologyEx(cv2.morphologyEx(clear, cv2.MORPH_CLOSE, speck), cv2.MORPH_OPEN, speck)
    return (clear & skin).astype(np.float32)


@torch.no_grad()
def _lit_skin(studio: Studio, fitted: FittedFaces, side: int, scale: float) -> tuple[np.ndarray, np.ndarray]:
    """The fitted skin in the fitted light, ``(side, side, 3)``, and where the mesh shows any, ``(side, side)`` bool."""
    if fitted.albedo is None or fitted.light is None:
        raise ValueError("the fit looked at no photo: it needs a stage with PhotometricSkin")
    verts, trans_verts = PicturePart(0, 0, side, side, (scale, scale)).in_image_space(fitted)
    renderer = studio.renderer.at_size(side)
    skin = torch.from_numpy(_skin_vertices(studio.head.vertex_parts))[None, :, None].float()
    towards = renderer.vertex_normals(trans_verts)[..., 2:]
    attributes = torch.cat([fitted.albedo, renderer.vertex_normals(verts), towards, skin], 2)
    picture, covered = renderer.render_attributes(trans_verts, attributes)
    albedo, normals, towards, skin = picture.split([3, 3, 1, 1], 1)
    lit = albedo * irradiance(torch.nn.functional.normalize(normals, dim=1), fitted.light)
    where = (covered > 0) & (towards < FRONT_FACING) & (skin > 0.5)
    return lit[0].permute(1, 2, 0).numpy(), where[0, 0].numpy()


def _skin_vertices(parts: Sequence[str] | np.ndarray) -> np.ndarray:
    return np.array([str(part).startswith(("skin", "lip")) for part in parts])


def _blurred(picture: np.ndarray, side: int) -> np.ndarray:
    return cv2.GaussianBlur(picture, (0, 0), BLUR * side)


def _cut_out(mask: np.ndarray, ring: np.ndarray) -> None:
    cv2.fillPoly(mask, [np.round((ring - 0.5) * 16).astype(np.int32)], 0, shift=4)
