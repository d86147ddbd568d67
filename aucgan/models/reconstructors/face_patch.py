"""The face-centre patch of a UV map, on which texture losses are computed."""

from __future__ import annotations

from collections.abc import Sequence

from torch import Tensor, nn
from torch.nn import functional as F


class FacePatch(nn.Module):
    """Cut the box of the face out of a UV map and resize it.

    Args:
        mask: UV mask of the face, ``(S, S)`` or ``(1, 1, S, S)``.
        size: Side of the result; ``None`` keeps the box as it is.
        box: Top, bottom, left and right of the box as shares of the map's side, 0…1 from the top left, rounded to
            whole texels; ``None``: the bounding box of the mask.

    Raises:
        ValueError: The mask is empty, or the box is.
    """

    def __init__(self, mask: Tensor, size: int | None = 256, box: Sequence[float] | None = None):
        super().__init__()
        self.rows, self.columns = _box_of_mask(mask) if box is None else _box_of_shares(box, mask.shape[-1])
        self.size = size

    def forward(self, uv_map: Tensor) -> Tensor:
        """``(B, C, S, S)`` → ``(B, C, size, size)``, or the box itself."""
        patch = uv_map[..., self.rows, self.columns]
        if self.size is None or patch.shape[-2:] == (self.size, self.size):
            return patch
        return F.interpolate(patch, (self.size, self.size), mode="bilinear", align_corners=False)


def _box_of_mask(mask: Tensor) -> tuple[slice, slice]:
    inside = mask.reshape(mask.shape[-2:]) > 0.5
    if not inside.any():
        raise ValueError("the face-eye mask of the topology is empty: check its file")
    rows, columns = inside.any(1).nonzero(), inside.any(0).nonzero()
    return slice(int(rows[0]), int(rows[-1]) + 1), slice(int(columns[0]), int(columns[-1]) + 1)


def _box_of_shares(box: Sequence[float], side: int) -> tuple[slice, slice]:
    if len(box) != 4 or not (0 <= box[0] < box[1] <= 1 and 0 <= box[2] < box[3] <= 1):
        raise ValueError(
            "patch_box must be (top, bottom, left, right), shares of the UV map's side with 0 ≤ top < bottom ≤ 1 and "
            f"0 ≤ left < right ≤ 1, got {tuple(box)}"
        )
    top, bottom, left, right = (round(share * side) for share in box)
    if top == bottom or left == right:
        raise ValueError(f"patch_box {tuple(box)} holds no texel of a UV map of {side} x {side}")
    return slice(top, bottom), slice(left, right)
