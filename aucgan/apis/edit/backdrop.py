"""A photo and its face as they were, for drawing edits of it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.apis.reconstruction.comparison import cut_part
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.photo_texture import HIDDEN, INSIDE, spread
from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.renderers.camera import image_to_grid
from aucgan.renderers.render_output import Surface
from aucgan.renderers.shading import sh_basis
from aucgan.renderers.srender_y import SRenderY

MARGIN = 1.7
"""Side of the square that is shown, in longer sides of the face."""
ABOVE = 0.08
"""How far its middle lies above that of the face, in its sides."""
LUMINANCE = (0.299, 0.587, 0.114)
BEHIND = 1.0
"""Metres behind the head where nothing is."""
FOLDED = 0.02
"""Metres that skin may lie behind what the photo shows and still take its colour: lids and necks fold, skin is near."""
FILLED = 256
"""Side of the pictures in which what is not seen is filled in."""
LASHES = 0.015
"""How far round eyes and lips the photo shows no plain skin, in sides of the picture."""
LEAST_EYE = 4
"""Pixels that an open eye has at least."""
RIDGE = 20.0
"""Pull of the light's coefficients of bands 1 and 2 towards 0, in pixels."""


@dataclass(frozen=True)
class Backdrop:
    """What all edits of one face are drawn from, in a part of its photo.

    Attributes:
        face: The face as reconstructed.
        part: Of the photo.
        photo: What it shows, white beyond the photo's border, ``(1, 3, h, w)``.
        surface: The mesh in it.
        renderer: Of this size.
        verts: In the camera's frame, ``(1, V, 3)``.
        spots: In image space, ``(1, V, 3)``.
    """

    face: ReconstructedFace
    part: PicturePart
    photo: Tensor
    surface: Surface
    renderer: SRenderY
    verts: Tensor
    spots: Tensor

    @classmethod
    @torch.no_grad()
    def of(cls, face: ReconstructedFace, side: int, whole: bool) -> Backdrop:
        """Draw the mesh of a face once.

        Args:
            face: The face.
            side: Pixels of a square round the head, or of the longer side of the photo.
            whole: All of the photo.
        """
        part = _whole(face.photo.size, side) if whole else _square(face, side)
        photo = cut_part(face.photo.pixels, part, face.photo.divisor).to(face.studio.device)
        return cls(face, part, photo, *face.studio.surface(face.fitted, part))

    @cached_property
    def depth(self) -> Tensor:
        """The camera's z of what is seen, ``(1, 1, h, w)``; far behind the head where there is no mesh."""
        seen, mask = self.renderer.render_attributes(self.spots, self.verts[..., 2:])
        return torch.where(mask > 0, seen, self.verts[..., 2].min() - BEHIND)

    @cached_property
    def texture(self) -> Tensor:
        """The photo on the UV chart, ``(1, 3, S, S)``."""
        return torch.from_numpy(self.face.texture).permute(2, 0, 1)[None].to(self.photo)

    @cached_property
    def parts(self) -> Tensor:
        """What each vertex is part of, ``(V, 3)``.

        Whether mouth or lids can hide it, how far it may lie behind what is seen, and whether it is of an eyeball.
        """
        names = self.face.studio.head.vertex_parts
        inside, lips = np.isin(names, list(INSIDE)), np.char.startswith(names.astype(str), "lip")
        table = np.stack([inside, np.where(inside | lips, HIDDEN, FOLDED), names == "eyeball"], 1)
        return torch.from_numpy(table.astype(np.float32)).to(self.photo)

    @cached_property
    def skin(self) -> Tensor:
        """The photo with skin from around over eyes and mouth, ``(1, 3, h, w)``."""
        inside, seen = self.renderer.render_attributes(self.spots, self.parts[None, :, :1])
        return self._filled(seen * (1 - _wider(inside, round(LASHES * self.part.width))))

    @cached_property
    def eyes(self) -> Tensor | None:
        """The photo with the eyeballs spread over all else, ``(1, 3, h, w)``; ``None`` where no eye is open."""
        eyes, _ = self.renderer.render_attributes(self.spots, self.parts[None, :, 2:])
        open_eyes = 1 - _wider(1 - eyes, 1)
        return self._filled(open_eyes) if open_eyes.sum() >= LEAST_EYE else None

    def _filled(self, known: Tensor) -> Tensor:
        """The photo where something is known, ``(1, 1, h, w)``, spread over where it is not."""
        share = F.interpolate(known, (FILLED, FILLED), mode="area")
        rough = F.interpolate(self.photo * known, (FILLED, FILLED), mode="area") / share.clamp(min=1e-6)
        return F.interpolate(spread(rough, share), self.photo.shape[2:], mode="bilinear", align_corners=False)

    @cached_property
    def detail_normals(self) -> Tensor | None:
        """Normals of the detailed surface on the UV chart; ``None`` without detail."""
        if self.face.uv_displacement is None:
            return None
        return self.face.studio.detail_normals(self.face.uv_displacement, self.verts, self.surface.normals)

    @cached_property
    def skin_tone(self) -> float:
        """Mean brightness of the skin that the photo shows, in [0, 1]."""
        return float(self._skin[0].mean()) if len(self._skin[0]) else 1.0

    @cached_property
    def light(self) -> Tensor:
        """Brightness of skin by the direction that it faces, in the camera's frame, ``(9,)``.

        By least squares over the skin that the photo shows, as if all skin were equally bright.
        """
        grey, basis = self._skin
        pull = RIDGE * torch.eye(9).to(basis) * (torch.arange(9) > 0).to(basis)
        return torch.linalg.solve(basis.T @ basis + pull + 1e-6 * torch.eye(9).to(basis), basis.T @ grey)

    @cached_property
    def _skin(self) -> tuple[Tensor, Tensor]:
        """Brightness of the skin that the photo shows, ``(P,)``, and the light's basis there, ``(P, 9)``."""
        skin = self.renderer.uv_face_eye_mask.expand(1, -1, -1, -1)
        seen = self.surface.alpha * self.surface.facing
        shown = (self.renderer.sample_uv(skin, self.surface.grid) * seen)[0, 0] > 0.5
        grey = (self.photo[0] * self.photo.new_tensor(LUMINANCE)[:, None, None]).sum(0)[shown]
        return grey, sh_basis(self.surface.normal_images[..., shown])[0].T

    def at(self, places: Tensor, picture: Tensor) -> Tensor:
        """Look a picture of this part up at image-space places ``(1, 2, h, w)``, its border repeated."""
        grid = image_to_grid(places.permute(0, 2, 3, 1), (self.part.height, self.part.width))
        return F.grid_sample(picture, grid, padding_mode="border", align_corners=False)


def _wider(mask: Tensor, by: int) -> Tensor:
    return F.max_pool2d(mask, 2 * by + 1, stride=1, padding=by)


def _square(face: ReconstructedFace, side: int) -> PicturePart:
    """A square round the face, where its dense landmarks are known; else round the mesh."""
    points = face.landmarks468
    if not np.isfinite(points).all():
        return PicturePart.square(face.fitted, side)
    low, high = points.min(0), points.max(0)
    scale = side / (float((high - low).max()) * MARGIN)
    left, top = np.rint((low + high) / 2 * scale - side / 2 - [0, ABOVE * side]).astype(int).tolist()
    return PicturePart(left, top, side, side, (scale, scale))


def _whole(size: tuple[int, int], side: int) -> PicturePart:
    height, width = (max(1, round(length * side / max(size))) for length in size)
    return PicturePart(0, 0, width, height, (width / size[1], height / size[0]))
