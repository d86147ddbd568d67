"""Adapter to PyTorch3D's rasterizer."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.numerics.constants import constant_like
from aucgan.registry import RENDERERS
from aucgan.renderers.rasterizers.barycentric import pixels_on_faces
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, check_mesh


@RENDERERS.register_module()
class PyTorch3DRasterizer(Rasterizer):
    """PyTorch3D finds the nearest faces; barycentrics are computed here, so that they sum to 1.

    Its inside test is strict: pixel centres exactly on an edge stay empty.

    Args:
        image_size: Side of a square picture, or ``(H, W)``.
        cull_backfaces: Drop faces that turn away from the viewer.

    Raises:
        ImportError: PyTorch3D is not installed.
    """

    def __init__(self, image_size: int | tuple[int, int] = 224, cull_backfaces: bool = False) -> None:
        super().__init__(image_size)
        self.cull_backfaces = cull_backfaces
        try:
            from pytorch3d.renderer.mesh import rasterize_meshes
            from pytorch3d.structures import Meshes
        except ImportError as error:
            raise ImportError(
                "PyTorch3DRasterizer needs PyTorch3D, which has to be compiled for your PyTorch: see "
                "https://github.com/facebookresearch/pytorch3d/blob/main/INSTALL.md, or use TorchRasterizer"
            ) from error
        self._rasterize_meshes, self._meshes = rasterize_meshes, Meshes

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments."""
        check_mesh(verts, faces)
        per_sample = faces.expand(len(verts), -1, 3)
        with torch.no_grad():
            # PyTorch3D: x left, y up, nothing at z <= 0
            points = verts.detach().float()
            points = points * constant_like(points, (-1.0, -1.0, 1.0))
            points[..., 2] += 1 - points[..., 2].nan_to_num(0.0, 0.0, 0.0).min()
            packed, *_ = self._rasterize_meshes(
                self._meshes(points, per_sample),
                image_size=self.image_size,
                blur_radius=0.0,
                faces_per_pixel=1,
                perspective_correct=False,
                cull_backfaces=self.cull_backfaces,
            )
        packed = packed.flatten()
        pixel = (packed >= 0).nonzero().squeeze(1)
        face = packed[pixel] % per_sample.shape[1]
        return pixels_on_faces(verts, faces, (len(verts), *self.image_size), pixel, face)
