"""One and the same view of any mesh: frontal, at the size of training crops, under a standard light."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
import trimesh
from PIL import Image
from torch import Tensor
from trimesh.visual import TextureVisuals

from aucgan.apis.scoring.mesh_files import load_geometry
from aucgan.evaluation.scans.now_protocol import SEVEN_OF_68
from aucgan.evaluation.scans.similarity_transform import align_points
from aucgan.models.face_models.flame import FLAME
from aucgan.renderers.camera import orthographic, uv_to_grid
from aucgan.renderers.normals import VertexNormals
from aucgan.renderers.rasterizers.barycentric import interpolate_rows
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer
from aucgan.renderers.shading import sh_irradiance

STEADY = (0, 1, 2, 3, 4)
"""Of the seven landmarks those that expressions hardly move: eye corners and the nose's bottom."""
CROP = 1.5
"""Side of the view over the mean side of the landmarks' box, the middle of what AU networks are trained on."""
SUPERSAMPLING = 2
GREY = 0.5
"""Level of the background."""
CLAY = (0.75, 0.55, 0.45)
"""Reflectance of bare meshes, that of skin."""
STANDARD_LIGHT = ((1.8,), (0.0,), (0.25,), (0.27,), (0.0,), (0.0,), (0.0,), (0.0,), (0.0,))
"""Spherical harmonics from above the viewer, grey: the mean light of the generated faces."""


@dataclass(frozen=True)
class ColouredMesh:
    """A mesh as it is drawn.

    Attributes:
        verts: ``(V, 3)`` float64.
        faces: ``(F, 3)`` int64.
        uv: Texture coordinates of the vertices, v up, ``(V, 2)``; ``None`` without a texture.
        texture: RGB in [0, 1], ``(3, S, S')``; ``None`` without one.
        colours: RGB of the vertices in [0, 1], ``(V, 3)``; ``None`` without any.
    """

    verts: np.ndarray
    faces: np.ndarray
    uv: np.ndarray | None = None
    texture: Tensor | None = None
    colours: np.ndarray | None = None

    @property
    def is_bare(self) -> bool:
        """Whether it has neither texture nor colours."""
        return self.texture is None and self.colours is None


def read_coloured_mesh(path: Path) -> ColouredMesh:
    """A mesh file with its texture or vertex colours, if it has any.

    Raises:
        ValueError: The file is no mesh with triangles.
    """
    mesh = load_geometry(path)
    if not isinstance(mesh, trimesh.Trimesh) or not len(mesh.faces):
        raise ValueError(f"{path} has no triangles")
    verts, faces = np.asarray(mesh.vertices, dtype=np.float64), np.asarray(mesh.faces, dtype=np.int64)
    visual: Any = mesh.visual
    if isinstance(visual, TextureVisuals) and visual.uv is not None:
        picture = _picture(visual.material)
        if picture is not None:
            return ColouredMesh(verts, faces, uv=np.asarray(visual.uv), texture=picture)
    if getattr(visual, "kind", None) == "vertex":
        return ColouredMesh(verts, faces, colours=np.asarray(visual.vertex_colors)[:, :3] / 255.0)
    return ColouredMesh(verts, faces)


def _picture(material: object) -> Tensor | None:
    picture = getattr(material, "image", None) or getattr(material, "baseColorTexture", None)
    if not isinstance(picture, Image.Image):
        return None
    return torch.from_numpy(np.array(picture.convert("RGB"))).permute(2, 0, 1).float() / 255.0


class FrontalView:
    """Draws meshes of any method alike.

    A mesh is laid onto the mean head by the five of its seven landmarks that expressions hardly move (rotation, scale,
    translation), and seen from the front by one fixed camera.

    Args:
        image_size: Side of the pictures.
        bare: Draw bare skin-coloured geometry under the standard light, whatever colours a mesh has. Otherwise
            colours are drawn as they are, without further shading: textures of reconstructions carry their light.
    """

    def __init__(self, image_size: int, bare: bool = False) -> None:
        self.image_size, self.bare = image_size, bare
        self.rasterizer = TorchRasterizer(image_size * SUPERSAMPLING)
        flame = FLAME()
        codes = (torch.zeros(1, flame.n_shape), torch.zeros(1, flame.n_exp), torch.zeros(1, 6))
        landmarks = flame(*codes)[2][0]
        self.target = landmarks[list(SEVEN_OF_68)].double().numpy()
        low, high = landmarks[:, :2].amin(0), landmarks[:, :2].amax(0)
        side = CROP * (high - low).mean()
        self.cam = torch.cat([(2.0 / side)[None], -0.5 * (low + high)])[None]
        self.light = torch.tensor(STANDARD_LIGHT).expand(1, 9, 3)

    @torch.no_grad()
    def __call__(self, mesh: ColouredMesh, landmarks: np.ndarray) -> Tensor:
        """Draw a mesh.

        Args:
            mesh: What to draw.
            landmarks: Its seven landmarks, ``(7, 3)``.

        Returns:
            ``(3, S, S)`` in [0, 1].
        """
        steady = list(STEADY)
        placed = align_points(landmarks[steady], self.target[steady]).apply(mesh.verts)
        verts, faces = torch.from_numpy(placed).float()[None], torch.from_numpy(mesh.faces)
        pixels = self.rasterizer.covered(orthographic(verts, self.cam), faces)
        corners = pixels.corners(faces)
        colours = self._colours(mesh, verts, faces, corners, pixels.bary)
        picture = pixels.images(torch.cat([colours - GREY, torch.ones_like(colours[:, :1])], dim=1))[:, :3] + GREY
        return F.avg_pool2d(picture, SUPERSAMPLING)[0].clamp(0, 1)

    def _colours(self, mesh: ColouredMesh, verts: Tensor, faces: Tensor, corners: Tensor, bary: Tensor) -> Tensor:
        """Colour of every covered pixel, ``(P, 3)``."""

        def carried(values: np.ndarray | Tensor) -> Tensor:
            return interpolate_rows(torch.as_tensor(values).float(), corners, bary)

        if not self.bare and mesh.texture is not None and mesh.uv is not None:
            grid = uv_to_grid(carried(mesh.uv))[None, :, None]
            return F.grid_sample(mesh.texture[None], grid, padding_mode="border", align_corners=False)[0, :, :, 0].T
        if not self.bare and mesh.colours is not None:
            return carried(mesh.colours)
        normals = F.normalize(carried(VertexNormals(faces, verts.shape[1])(verts)[0]), dim=1)
        shading = sh_irradiance(normals.T[None, :, :, None], self.light)[0, :, :, 0].T
        return (torch.tensor(CLAY) * shading).clamp(0, 1)
