"""Adapter to nvdiffrast's CUDA rasterizer."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.rasterizers.barycentric import pixels_on_faces
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, check_mesh

BLOCK = 8
"""nvdiffrast renders multiples of this many pixels per side."""


@RENDERERS.register_module()
class NvdiffrastRasterizer(Rasterizer):
    """nvdiffrast finds the nearest faces on a CUDA device; barycentrics are computed here.

    Args:
        image_size: Side of a square picture, or ``(H, W)``.

    Raises:
        ImportError: nvdiffrast is not installed.
    """

    def __init__(self, image_size: int | tuple[int, int] = 224) -> None:
        super().__init__(image_size)
        try:
            import nvdiffrast.torch as nvdiffrast
        except ImportError as error:
            raise ImportError(
                "NvdiffrastRasterizer needs nvdiffrast and a CUDA device: see "
                "https://nvlabs.github.io/nvdiffrast/#installation, or use TorchRasterizer"
            ) from error
        self._nvdiffrast = nvdiffrast
        self._contexts: dict[torch.device, object] = {}

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments.

        Raises:
            ValueError: The vertices are not on a CUDA device.
        """
        check_mesh(verts, faces)
        if verts.device.type != "cuda":
            raise ValueError(f"NvdiffrastRasterizer needs vertices on a CUDA device, got {verts.device}")
        with torch.no_grad():
            clip = self.clip_space(verts.detach())
            if faces.dim() == 2:
                face = self._draw(clip, faces)
            else:
                face = torch.cat([self._draw(clip[i : i + 1], faces[i]) for i in range(len(verts))])
        face = face.flatten()
        pixel = (face >= 0).nonzero().squeeze(1)
        return pixels_on_faces(verts, faces, (len(verts), *self.image_size), pixel, face[pixel])

    def padded_size(self) -> tuple[int, int]:
        """The picture's size rounded up to whole blocks."""
        height, width = (-(-side // BLOCK) * BLOCK for side in self.image_size)
        return height, width

    def clip_space(self, verts: Tensor) -> Tensor:
        """Homogeneous clip coordinates of the padded picture, row 0 at y = -1, ``(B, V, 4)``."""
        height, width = self.padded_size()
        px, py = image_to_pixels(verts.float(), self.image_size)
        z = verts[..., 2].float()
        low, high = z.min(), z.max()
        z = (z - low) / (high - low).clamp(min=1e-12) * 1.8 - 0.9
        return torch.stack([(2 * px + 1) / width - 1, (2 * py + 1) / height - 1, z, torch.ones_like(z)], dim=-1)

    def _draw(self, clip: Tensor, faces: Tensor) -> Tensor:
        """Nearest face per pixel, -1 where empty, ``(B, H, W)``."""
        if clip.device not in self._contexts:
            self._contexts[clip.device] = self._nvdiffrast.RasterizeCudaContext(device=clip.device)
        raster, _ = self._nvdiffrast.rasterize(
            self._contexts[clip.device], clip.contiguous(), faces.int().contiguous(), self.padded_size(), grad_db=False
        )
        height, width = self.image_size
        return raster[:, :height, :width, 3].long() - 1
