"""Rasterization by ray casting through Intel Embree."""

from __future__ import annotations

import numpy as np
import torch
import trimesh
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.rasterizers.barycentric import pixels_on_faces
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, check_mesh


@RENDERERS.register_module()
class EmbreeRasterizer(Rasterizer):
    """One orthographic ray per pixel, cast by embree on the CPU; barycentrics stay differentiable.

    Embree decides ties on shared edges by its own rule. Needs the package ``embreex``.

    Args:
        image_size: Side of a square picture, or ``(H, W)``.

    Raises:
        ImportError: ``embreex`` is not installed.
    """

    def __init__(self, image_size: int | tuple[int, int] = 224) -> None:
        super().__init__(image_size)
        try:
            from trimesh.ray.ray_pyembree import RayMeshIntersector
        except ImportError as error:
            raise ImportError(
                "EmbreeRasterizer needs embree: run `pip install embreex`, or use TorchRasterizer"
            ) from error
        self._intersector = RayMeshIntersector

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments."""
        check_mesh(verts, faces)
        points = verts.detach().float().cpu().numpy()
        per_sample = faces.expand(len(verts), -1, 3).cpu().numpy()
        hits = [self._first_hits(*mesh) for mesh in zip(points, per_sample, strict=True)]
        face = torch.from_numpy(np.concatenate(hits)).long().to(verts.device)
        pixel = (face >= 0).nonzero().squeeze(1)
        return pixels_on_faces(verts, faces, (len(verts), *self.image_size), pixel, face[pixel])

    def _first_hits(self, points: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """Face that the ray through each pixel centre meets first, -1 for none, ``(H * W,)``."""
        finite = np.isfinite(points).all(1)
        usable = np.flatnonzero(finite[faces].all(1))
        height, width = self.image_size
        if len(usable) == 0:
            return np.full(height * width, -1)
        short = min(height, width)
        y, x = np.mgrid[:height, :width].reshape(2, -1)
        origins = np.zeros((height * width, 3))
        origins[:, 0], origins[:, 1] = (2 * x + 1 - width) / short, (2 * y + 1 - height) / short
        origins[:, 2] = points[finite, 2].min() - 1
        mesh = trimesh.Trimesh(np.where(finite[:, None], points, 0), faces[usable], process=False)
        found = self._intersector(mesh).intersects_first(origins, np.broadcast_to([0.0, 0.0, 1.0], origins.shape))
        return np.where(found >= 0, usable[found], -1)
