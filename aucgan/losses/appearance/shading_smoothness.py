"""Smoothness of the shading."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_mask_of
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


def _differences(image: Tensor) -> tuple[Tensor, Tensor]:
    """Differences over the inner rows (dx) and the inner columns (dy)."""
    dx = image[:, :, 1:-1, 1:] - image[:, :, 1:-1, :-1]
    dy = image[:, :, 1:, 1:-1] - image[:, :, :-1, 1:-1]
    return dx, dy


def _masked_mean(values: Tensor, weight: Tensor) -> Tensor:
    return (values * weight).sum() / (batch_total(weight) * values.shape[1]).clamp_min(1e-6)


@full_precision
def shading_smoothness_loss(shading: Tensor, mask: Tensor | None = None) -> Tensor:
    """``mean(dx²) + mean(dy²)`` over the inner rows and columns.

    Args:
        shading: ``(B, C, H, W)``.
        mask: ``(B, 1, H, W)``; a difference counts where both of its pixels lie inside. All by default.

    Returns:
        Scalar, 0 for a constant shading.
    """
    dx, dy = _differences(shading)
    if mask is None:
        return dx.square().mean() + dy.square().mean()
    require_mask_of(mask, shading)
    mask = mask.to(shading)
    mask_x = mask[:, :, 1:-1, 1:] * mask[:, :, 1:-1, :-1]
    mask_y = mask[:, :, 1:, 1:-1] * mask[:, :, :-1, 1:-1]
    return _masked_mean(dx.square(), mask_x) + _masked_mean(dy.square(), mask_y)


@LOSSES.register_module()
class ShadingSmoothnessLoss(nn.Module):
    """Squared differences of neighbouring shading values; see :func:`shading_smoothness_loss`."""

    def forward(self, shading: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the loss of a shading ``(B, C, H, W)`` inside ``mask``, ``(B, 1, H, W)``."""
        return shading_smoothness_loss(shading, mask)
