"""The UV layout of a topology, rasterized once: carries vertex attributes to UV maps by a fixed sparse map."""

from __future__ import annotations

import numpy as np
import torch
import torch.nn.functional as F
from scipy.ndimage import distance_transform_edt
from torch import Tensor, nn

from aucgan.renderers.camera import uv_to_grid
from aucgan.renderers.fixed_map import FixedMap
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer


class UVSpace(nn.Module):
    """World to UV, and seam-aware dilation.

    Args:
        faces: ``(F, 3)`` int64.
        uv_coords: ``(VT, 2)`` in ``[0, 1]``, v up.
        uv_faces: ``(F, 3)`` int64.
        size: Side S of the UV maps; texel (i, j) is at u = (j + 1/2)/S, v = 1 - (i + 1/2)/S.
        padding: Width, in texels, of the border around every UV island that repeats the nearest texel of an
            island, so that bilinear lookups at seams do not read empty texels.
    """

    inside: Tensor
    padded: Tensor
    nearest: Tensor
    texel_face: Tensor

    def __init__(self, faces: Tensor, uv_coords: Tensor, uv_faces: Tensor, size: int, padding: int = 0) -> None:
        super().__init__()
        self.size, self.padding = size, padding
        corners = F.pad(uv_to_grid(uv_coords.float()), (0, 1))
        texels = TorchRasterizer(size).covered(corners[None], uv_faces)
        nearest, distance = nearest_covered(texels.pixel, size)
        padded = (distance <= padding).nonzero().squeeze(1)
        nowhere = texels.pixel.new_full((size * size,), -1)
        row = nowhere.index_copy(0, texels.pixel, torch.arange(len(texels.pixel), device=nowhere.device))
        row = row[nearest[padded]]
        source = faces[texels.face[row]]
        self.from_verts = FixedMap(
            padded.repeat_interleave(3),
            source.flatten(),
            texels.bary[row].flatten(),
            size * size,
            int(faces.max()) + 1,
        )
        self.register_buffer("inside", (distance == 0).view(1, 1, size, size).float(), persistent=False)
        self.register_buffer("padded", (distance <= padding).view(1, 1, size, size).float(), persistent=False)
        self.register_buffer("nearest", nearest, persistent=False)
        texel_face = nowhere.index_copy(0, texels.pixel, texels.face)
        self.register_buffer("texel_face", texel_face.view(size, size), persistent=False)

    def forward(self, attributes: Tensor) -> Tensor:
        """Vertex attributes ``(B, V, C)`` to UV maps ``(B, C, S, S)``; 0 outside the padded islands."""
        batch, num_verts, channels = attributes.shape
        rows = attributes.permute(1, 0, 2).reshape(num_verts, batch * channels)[: self.from_verts.num_sources]
        return self.from_verts(rows).t().reshape(batch, channels, self.size, self.size)

    def dilate(self, uv_map: Tensor) -> Tensor:
        """Fill every texel outside the islands with the nearest texel inside; ``(B, C, S, S)``."""
        return uv_map.flatten(2).index_select(2, self.nearest).view(uv_map.shape)


def nearest_covered(covered: Tensor, size: int) -> tuple[Tensor, Tensor]:
    """Nearest covered texel of every texel and the distance to it in texels, each ``(S * S,)``."""
    empty = np.ones(size * size, bool)
    empty[covered.cpu().numpy()] = False
    distance, (row, column) = distance_transform_edt(empty.reshape(size, size), return_indices=True)
    nearest = torch.from_numpy(row * size + column).long().flatten()
    return nearest.to(covered.device), torch.from_numpy(distance).flatten().to(covered.device)


def resize_map(uv_map: np.ndarray | Tensor, size: int) -> Tensor:
    """A single-channel map ``(H, W)`` as ``(1, 1, S, S)`` float32; averages when it shrinks."""
    tensor = torch.as_tensor(uv_map, dtype=torch.float32)[None, None]
    if tensor.shape[-2:] == (size, size):
        return tensor.contiguous()
    return F.interpolate(tensor, (size, size), mode="bilinear", align_corners=False, antialias=True)
