"""Pictures of edited faces: the photo itself, carried along by the surface that it shows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.apis.edit.backdrop import Backdrop
from aucgan.apis.reconstruction.photo_texture import spread
from aucgan.renderers.camera import pixels_to_image
from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.rasterizers.barycentric import interpolate_rows
from aucgan.renderers.render_output import Surface
from aucgan.renderers.shading import sh_basis

if TYPE_CHECKING:
    from aucgan.apis.edit.edited_face import EditedFace

BACKGROUNDS = ("photo", "grey")
PAPER = 0.92
"""Grey level of the plain background."""
REACH = 0.25
"""How far from the head the photo is bent, in sides of the picture."""
COARSE = 128
"""Side of the map of how the surroundings are bent."""
BRIGHTER = (0.5, 1.6)
"""Bounds of how much the skin's brightness changes as it turns in the light."""
INSIDE_LIGHT = 1.1
"""Brightness of teeth, tongue and eyeballs that the photo hides, as a multiple of the skin's."""
AVERTED = -0.2
"""Cosine of the angle to the viewer down to which a place counts as seen: outlines are averted by half a triangle."""
GROWN = (0.15, 0.4)
"""Shares of a triangle's area in the picture that it had in the photo between which it counts as folded there."""
DARKEST = 0.05
"""Of the skin in the estimated light, as a share of its mean: below, the light says nothing."""


@torch.no_grad()
def edited_picture(face: EditedFace, backdrop: Backdrop, background: str) -> np.ndarray:
    """Draw an edited face.

    Every place of the edited surface takes its colour from where the photo shows this place of the unedited one, and
    becomes brighter or darker as its normal turns in the light of the photo. What the photo hides comes from the
    texture. Around the head the photo is bent along.

    Args:
        face: The edited face.
        backdrop: The unedited one in the part of the photo that is drawn.
        background: One of :data:`BACKGROUNDS`.

    Returns:
        ``(h, w, 3)`` uint8.
    """
    if background == "photo" and not face.is_changed:
        return to_uint8(backdrop.photo[0])
    surface, _, verts, spots = face.studio.surface(face.fitted, backdrop.part)
    before = _before(backdrop, surface)
    places, depth, normals, inside, fold, eye = before.split([2, 1, 3, 1, 1, 1], dim=1)
    shown = _shown(backdrop, places, depth, normals, fold)
    colour = backdrop.at(places, backdrop.photo)
    if torch.equal(face.fitted.pose[:, :3], backdrop.face.fitted.pose[:, :3]):
        colour = torch.lerp(colour, backdrop.at(places, backdrop.skin), _unfolded(backdrop, surface, spots, inside))
    texture = backdrop.renderer.sample_uv(backdrop.texture, surface.grid)
    texture = texture * torch.where(inside > 0.5, min(1.0, INSIDE_LIGHT * backdrop.skin_tone), 1.0)
    if backdrop.eyes is not None:
        texture = torch.where(eye > 0.5, backdrop.at(places, backdrop.eyes), texture)
    colour = torch.lerp(texture, colour, shown) * _brightness(face, backdrop, surface, verts, normals)
    behind = torch.full_like(colour, PAPER)
    if background == "photo":
        behind = _bent(backdrop, places, surface.alpha * (normals[:, 2:] > 0))
    return to_uint8(torch.lerp(behind, colour, surface.alpha)[0])


def _before(backdrop: Backdrop, surface: Surface) -> Tensor:
    """What each place of the surface was before the edit: image space, the camera's z, normal, :attr:`Backdrop.parts`.

    Returns:
        ``(1, 9, h, w)``.
    """
    placed = backdrop.spots[0, :, :2], backdrop.verts[0, :, 2:]
    rows = torch.cat([*placed, backdrop.surface.normals[0], backdrop.parts], dim=1)
    corners = surface.pixels.corners(backdrop.renderer.faces)
    return surface.pixels.images(interpolate_rows(rows, corners, surface.pixels.bary))


def _shown(backdrop: Backdrop, places: Tensor, depth: Tensor, normals: Tensor, fold: Tensor) -> Tensor:
    """How well the photo shows each place, in [0, 1], ``(1, 1, h, w)``."""
    in_front = backdrop.at(places, backdrop.depth) - depth < fold
    seen = (in_front & (normals[:, 2:] > AVERTED)).float()
    return F.avg_pool2d(seen, 3, stride=1, padding=1, count_include_pad=False) * seen


def _unfolded(backdrop: Backdrop, surface: Surface, spots: Tensor, inside: Tensor) -> Tensor:
    """How far each place is skin that was folded away in the photo, in [0, 1], ``(1, 1, h, w)``.

    A few pixels of a fold, or of what lay before it, would be drawn out over a whole lid.
    """
    before, after = (_areas(corners[0, :, :2], backdrop.renderer.faces) for corners in (backdrop.spots, spots))
    grown = before / torch.where(after.abs() < 1e-12, 1e-12, after)
    folded = ((GROWN[1] - grown) / (GROWN[1] - GROWN[0])).clamp(0, 1)
    return surface.pixels.images(folded[surface.pixels.face][:, None]) * (1 - inside)


def _areas(points: Tensor, faces: Tensor) -> Tensor:
    """Twice the signed areas of triangles in the plane, ``(F,)``."""
    a, b, c = points[faces].unbind(1)
    u, v = b - a, c - a
    return u[:, 0] * v[:, 1] - u[:, 1] * v[:, 0]


def _brightness(face: EditedFace, backdrop: Backdrop, surface: Surface, verts: Tensor, normals: Tensor) -> Tensor:
    """How much brighter each place is than before, ``(1, 1, h, w)``."""
    now = surface.normal_images
    if backdrop.detail_normals is not None:
        renderer, grid = backdrop.renderer, surface.grid
        detail = face.studio.detail_normals(face.uv_displacement, verts, surface.normals)
        now = renderer.blend_detail(now, renderer.sample_uv(detail, grid), grid)
        normals = renderer.blend_detail(normals, renderer.sample_uv(backdrop.detail_normals, grid), grid)
    before, after = (
        torch.einsum("bkhw,k->bhw", sh_basis(F.normalize(part, dim=1)), backdrop.light)[:, None].clamp(
            min=DARKEST * backdrop.skin_tone
        )
        for part in (normals, now)
    )
    return (after / before).clamp(*BRIGHTER)


def _bent(backdrop: Backdrop, places: Tensor, on_skin: Tensor) -> Tensor:
    """The photo, bent around the edited head as the head's outline moved, ``(1, 3, h, w)``."""
    height, width = backdrop.part.height, backdrop.part.width
    rows, columns = torch.meshgrid(torch.arange(height) + 0.5, torch.arange(width) + 0.5, indexing="ij")
    here = pixels_to_image(torch.stack([columns, rows], -1), (height, width)).permute(2, 0, 1)[None].to(places)
    moved = (places - here) * on_skin
    reach = 2 * round(REACH * COARSE) + 1
    size = (COARSE, COARSE)
    known = F.interpolate(on_skin.to(moved), size, mode="area")
    rough = F.interpolate(moved, size, mode="area") / known.clamp(min=1e-6)
    far = 1 - F.max_pool2d((known > 0).float(), reach, stride=1, padding=reach // 2)
    field = spread(rough * (known > 0), torch.maximum(known, far))
    field = F.interpolate(field, (height, width), mode="bicubic", align_corners=False)
    return backdrop.at(here + field, backdrop.photo)
