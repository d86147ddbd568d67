"""Supervised displacement, for data that has the truth."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_choice, require_mask_of, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def displacement_supervision_loss(
    uv_z: Tensor, gt_uv_z: Tensor, mask: Tensor | None = None, unit: float = 1.0, norm: str = "l1", slope: float = 0.0
) -> Tensor:
    """Mean displacement error, and optionally the error of its slopes, which is what shading shows.

    Args:
        uv_z: Predicted displacement in metres, ``(B, 1, S, S)``.
        gt_uv_z: True displacement in metres, ``(B, 1, S', S')``; another size is resampled by area.
        mask: Texels that count, ``(B, 1, S, S)``; all by default.
        unit: Metres in the unit of the error.
        norm: ``'l1'``, or ``'l2'`` for squares, which give the mean rather than the median where the photo leaves
            the depth open.
        slope: Weight of the same norm of the error's differences between neighbouring texels (a Sobolev norm).

    Returns:
        Scalar.
    """
    if gt_uv_z.shape[-2:] != uv_z.shape[-2:]:
        gt_uv_z = F.interpolate(gt_uv_z, uv_z.shape[-2:], mode="area")
    require_same_shape(uv_z=uv_z, gt_uv_z=gt_uv_z)
    error = (uv_z - gt_uv_z.detach()) / unit
    if mask is not None:
        require_mask_of(mask, uv_z)
    loss = _masked_norm(error, mask, norm)
    if slope:
        for dim in (2, 3):
            loss = loss + slope * _masked_norm(error.diff(dim=dim), _both_inside(mask, dim), norm)
    return loss


def _masked_norm(error: Tensor, mask: Tensor | None, norm: str) -> Tensor:
    size = error.abs() if norm == "l1" else error.square()
    if mask is None:
        return size.mean()
    mask = mask.to(size)
    return (size * mask).sum() / batch_total(mask).clamp_min(1e-6)


def _both_inside(mask: Tensor | None, dim: int) -> Tensor | None:
    """The mask of differences along ``dim``: both texels count."""
    if mask is None:
        return None
    length = mask.shape[dim] - 1
    return mask.narrow(dim, 0, length) * mask.narrow(dim, 1, length)


@LOSSES.register_module()
class DisplacementSupervisionLoss(nn.Module):
    """Mean error of the displacement; see :func:`displacement_supervision_loss`.

    Args:
        unit: Metres in the loss's unit: ``1.0`` gives metres, ``0.001`` millimetres.
        norm: ``'l1'`` or ``'l2'``.
        slope: Weight of the error of the slopes.
    """

    def __init__(self, unit: float = 1.0, norm: str = "l1", slope: float = 0.0) -> None:
        super().__init__()
        if unit <= 0.0:
            raise ValueError(f"unit must be a positive length in metres, but got {unit}")
        self.unit, self.slope = unit, slope
        self.norm = require_choice("norm", norm, ("l1", "l2"))

    def forward(self, uv_z: Tensor, gt_uv_z: Tensor | None, mask: Tensor | None = None) -> Tensor:
        """Return the loss of ``uv_z`` against the truth, both ``(B, 1, S, S)``.

        Raises:
            ValueError: If the data has no true displacement.
        """
        if gt_uv_z is None:
            raise ValueError(
                "DisplacementSupervisionLoss needs data with a true displacement ('gt_uv_z'); photos have none: "
                "leave this loss out (weight=0)"
            )
        return displacement_supervision_loss(uv_z, gt_uv_z, mask, self.unit, self.norm, self.slope)
