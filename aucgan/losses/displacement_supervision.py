"""Supervised displacement, for data that has the truth."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.losses.precision import full_precision
from aucgan.losses.shape_checks import require_mask_of, require_same_shape
from aucgan.registry import LOSSES


@full_precision
def displacement_supervision_loss(uv_z: Tensor, gt_uv_z: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean absolute displacement error.

    Args:
        uv_z: Predicted displacement in metres, ``(B, 1, S, S)``.
        gt_uv_z: True displacement in metres, ``(B, 1, S', S')``; another size is resampled by area.
        mask: Texels that count, ``(B, 1, S, S)``; all by default.

    Returns:
        Scalar in metres.
    """
    if gt_uv_z.shape[-2:] != uv_z.shape[-2:]:
        gt_uv_z = F.interpolate(gt_uv_z, uv_z.shape[-2:], mode="area")
    require_same_shape(uv_z=uv_z, gt_uv_z=gt_uv_z)
    error = (uv_z - gt_uv_z.detach()).abs()
    if mask is None:
        return error.mean()
    require_mask_of(mask, uv_z)
    mask = mask.to(uv_z)
    return (error * mask).sum() / mask.sum().clamp_min(1e-6)


@LOSSES.register_module()
class DisplacementSupervisionLoss(nn.Module):
    """Mean L1 error of the displacement; see :func:`displacement_supervision_loss`.

    Args:
        unit: Metres in the loss's unit: ``1.0`` gives metres, ``0.001`` millimetres.
    """

    def __init__(self, unit: float = 1.0) -> None:
        super().__init__()
        if unit <= 0.0:
            raise ValueError(f"unit must be a positive length in metres, but got {unit}")
        self.unit = unit

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
        return displacement_supervision_loss(uv_z, gt_uv_z, mask) / self.unit
