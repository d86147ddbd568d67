"""The face-centre patch of a UV map, on which texture losses are computed."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F


class FacePatch(nn.Module):
    """Cut the bounding box of the face out of a UV map and resize it.

    Args:
        mask: UV mask of the face, ``(S, S)`` or ``(1, 1, S, S)``.
        size: Side of the result; ``None`` keeps the box as it is.

    Raises:
        ValueError: The mask is empty.
    """

    def __init__(self, mask: Tensor, size: int | None = 256):
        super().__init__()
        inside = mask.reshape(mask.shape[-2:]) > 0.5
        if not inside.any():
            raise ValueError("the face-eye mask of the topology is empty: check its file")
        rows, columns = inside.any(1).nonzero(), inside.any(0).nonzero()
        self.rows = slice(int(rows[0]), int(rows[-1]) + 1)
        self.columns = slice(int(columns[0]), int(columns[-1]) + 1)
        self.size = size

    def forward(self, uv_map: Tensor) -> Tensor:
        """``(B, C, S, S)`` → ``(B, C, size, size)``, or the box itself."""
        patch = uv_map[..., self.rows, self.columns]
        if self.size is None or patch.shape[-2:] == (self.size, self.size):
            return patch
        return F.interpolate(patch, (self.size, self.size), mode="bilinear", align_corners=False)
