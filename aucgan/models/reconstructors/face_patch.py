"""The face-centre patch of a UV map, on which texture losses are computed."""

from __future__ import annotations

import numpy as np
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.assets.topology import MeshTopology


class FacePatch(nn.Module):
    """Cut the bounding box of the face mask out of a UV map and resize it.

    Args:
        topology: Gives the face mask.
        uv_size: Side of the UV maps.
        size: Side of the result; ``None`` keeps the box as it is.
    """

    def __init__(self, topology: MeshTopology, uv_size: int, size: int | None = 256):
        super().__init__()
        rows, columns = np.nonzero(topology.face_eye_mask > 0.5)
        scale = uv_size / topology.face_eye_mask.shape[0]
        self.top, self.left = (int(np.floor(axis.min() * scale)) for axis in (rows, columns))
        self.bottom, self.right = (int(np.ceil((axis.max() + 1) * scale)) for axis in (rows, columns))
        self.size = size

    def forward(self, uv_map: Tensor) -> Tensor:
        """``(B, C, S, S)`` → ``(B, C, size, size)``, or the box itself."""
        patch = uv_map[..., self.top : self.bottom, self.left : self.right]
        if self.size is None or patch.shape[-2:] == (self.size, self.size):
            return patch
        return F.interpolate(patch, (self.size, self.size), mode="bilinear", align_corners=False)
