"""Drawing one head's faces: normals in the photo, texture from the photo, maps of the detail."""

from __future__ import annotations

from functools import cached_property
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.apis.reconstruction.picture_part import PicturePart
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads.head import Head
from aucgan.models.face_models.flame import FLAME
from aucgan.numerics.constants import constant_like
from aucgan.renderers.camera import FLIP
from aucgan.renderers.render_output import Surface
from aucgan.renderers.srender_y import SRenderY

UV_SIZE = 512
"""Side of textures and normal maps."""
UV_DETAIL = 128
"""Side of the map by which a mesh without a network's displacement is made dense."""
SAME_PLACE = 1e-4
"""Charts count as mirrored where every UV vertex has another one at its mirrored place to within this."""


class Studio:
    """What is needed to draw the faces of one head, made once.

    Args:
        head: The head.
        head_name: Its name or file, which files of codes repeat.
        device: Where to compute.
        uv_size: Side of textures and normal maps.
    """

    def __init__(
        self, head: Head, head_name: str = "", device: str | torch.device = "cpu", uv_size: int = UV_SIZE
    ) -> None:
        self.head, self.head_name, self.device = head, head_name, torch.device(device)
        self.renderer = SRenderY(image_size=1, uv_size=uv_size, topology=head.topology()).to(self.device)

    @cached_property
    def has_mirrored_chart(self) -> bool:
        """Whether flipping a UV map left to right gives that of the mirrored face."""
        places = {tuple(place) for place in np.round(self.head.uv_coords / SAME_PLACE).astype(int).tolist()}
        mirrored = np.round((self.head.uv_coords * [-1, 1] + [1, 0]) / SAME_PLACE).astype(int)
        near = [(x, y) for x in (-1, 0, 1) for y in (-1, 0, 1)]
        return all(any((u + x, v + y) in places for x, y in near) for u, v in mirrored.tolist())

    @cached_property
    def flame(self) -> FLAME:
        """What moves the head, with all its columns, on the CPU as fits are."""
        source: Any = self.head  # a head is its own source
        return FLAME(source, source, self.head.n_identity, len(self.head.expression_names))

    @torch.no_grad()
    def posed(self, fitted: FittedFaces) -> Tensor:
        """The vertices that codes make, without the head's turn, ``(B, V, 3)`` metres."""
        pose = torch.cat([torch.zeros_like(fitted.jaw_pose), fitted.jaw_pose], 1)
        return self.flame(fitted.shape, fitted.expression, pose, fitted.eye_pose)[0]

    def surface(self, fitted: FittedFaces, part: PicturePart) -> tuple[Surface, SRenderY, Tensor, Tensor]:
        """A face rasterized in a part of a picture, the renderer of that size, and the vertices that went in."""
        renderer = self.renderer.at_size((part.height, part.width))
        verts, trans_verts = (points.to(self.device) for points in part.in_image_space(fitted))
        return renderer.surface(verts, trans_verts), renderer, verts, trans_verts

    @torch.no_grad()
    def normals(
        self, fitted: FittedFaces, uv_z: np.ndarray | None, photo_size: tuple[int, int], size: tuple[int, int]
    ) -> tuple[np.ndarray, np.ndarray]:
        """Normals in the photo.

        Args:
            fitted: One face.
            uv_z: Displacement in metres, ``(S, S)``; ``None``: the head's own alone.
            photo_size: Height and width of the photo.
            size: Height and width of the result, which shows the whole photo.

        Returns:
            Unit normals in the camera's frame, x right, y down, z into the picture, ``(H, W, 3)`` float32, and where
            there are any, ``(H, W)`` bool; 0 elsewhere.
        """
        normals, mask = np.zeros((*size, 3), np.float32), np.zeros(size, bool)
        part = PicturePart.around(fitted, photo_size, size)
        if part is None:
            return normals, mask
        surface, renderer, verts, _ = self.surface(fitted, part)
        detail = self.detail_normals(uv_z, verts, surface.normals)
        detail = renderer.blend_detail(surface.normal_images, renderer.sample_uv(detail, surface.grid), surface.grid)
        unit = F.normalize(detail, dim=1)[0] * constant_like(detail, FLIP).view(3, 1, 1)
        seen = (surface.alpha * surface.facing)[0, 0] > 0
        mask[part.rows, part.columns] = seen.cpu().numpy()
        normals[part.rows, part.columns] = (unit * seen).permute(1, 2, 0).cpu().numpy()
        return normals, mask

    def height(self, uv_z: np.ndarray | None) -> Tensor:
        """The displacement that is applied, masked, with the head's own, ``(1, 1, S, S)`` metres."""
        return self.renderer.displacement(self._resized(uv_z))

    def detail_normals(self, uv_z: np.ndarray | None, verts: Tensor, normals: Tensor) -> Tensor:
        """Normals of the displaced surface on the UV grid, in the frame of the vertices, ``(1, 3, S, S)``."""
        return self.renderer.detail_normals(self._resized(uv_z), verts, normals)

    def tangent_normals(self, fitted: FittedFaces, uv_z: np.ndarray | None) -> Tensor:
        """The same as a normal texture holds them, ``(3, S, S)``."""
        verts = fitted.verts.to(self.device)
        normals = self.renderer.vertex_normals(verts)
        return self.renderer.tangent_normals(self.detail_normals(uv_z, verts, normals), verts, normals)[0]

    def _resized(self, uv_z: np.ndarray | None) -> Tensor:
        size = (self.renderer.uv_size, self.renderer.uv_size)
        if uv_z is None:
            return torch.zeros(1, 1, *size, device=self.device)
        given = torch.as_tensor(uv_z, dtype=torch.float32, device=self.device)[None, None]
        return F.interpolate(given, size, mode="bicubic", align_corners=False, antialias=True)
