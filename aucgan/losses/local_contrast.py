"""Difference of local contrast: what a wrinkle changes, and what a wrong skin tone or light does not."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.losses.precision import full_precision
from aucgan.losses.shape_checks import require_mask_of, require_same_shape
from aucgan.registry import LOSSES

LOG_FLOOR = 0.02
"""Added before the logarithm, so that noise in black pixels does not count."""


def _blur(image: Tensor, sigma: float) -> Tensor:
    """Separable Gaussian blur, zero outside, cut off at 2.5 standard deviations."""
    radius = max(1, round(2.5 * sigma))
    offsets = torch.arange(-radius, radius + 1, device=image.device, dtype=image.dtype)
    kernel = torch.exp(-0.5 * (offsets / sigma).square())
    kernel = kernel / kernel.sum()
    channels = image.shape[1]
    rows = kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
    blurred = F.conv2d(image, rows, padding=(0, radius), groups=channels)
    return F.conv2d(blurred, rows.transpose(2, 3), padding=(radius, 0), groups=channels)


def local_contrast(image: Tensor, mask: Tensor, sigma: float) -> Tensor:
    """``log image − blurred log image``, blurred within the mask only; 0 outside, ``(B, C, H, W)``."""
    levels = torch.log(image.clamp_min(0) + LOG_FLOOR) * mask
    mean = _blur(levels, sigma) / _blur(mask, sigma).clamp_min(1e-3)
    return (levels - mean) * mask


@full_precision
def local_contrast_loss(pred: Tensor, target: Tensor, mask: Tensor | None = None, sigma: float = 4.0) -> Tensor:
    """Mean absolute difference of the local contrasts of two pictures.

    A picture is albedo × shading, so its logarithm is a sum. Skin tone, colour and strength of the light and the
    broad form of the face vary slowly: subtracting the blurred logarithm takes them out, whether right or wrong,
    and leaves edges, lines and wrinkles, in relative units (the retinex decomposition, Land & McCann 1971).

    Args:
        pred: ``(B, C, H, W)`` in [0, 1].
        target: ``(B, C, H, W)``.
        mask: Weight of each pixel in [0, 1], ``(B, 1, H, W)``; every pixel by default.
        sigma: Standard deviation of the blur in pixels: wider structures are ignored.

    Returns:
        Scalar; 0 for pictures that differ by a constant factor (up to the floor of the logarithm) and for an empty
        mask.
    """
    require_same_shape(pred=pred, target=target)
    if mask is None:
        mask = torch.ones_like(pred[:, :1])
    require_mask_of(mask, pred)
    mask = mask.to(pred)
    difference = local_contrast(pred, mask, sigma) - local_contrast(target, mask, sigma)
    return difference.abs().sum() / (mask.sum() * pred.shape[1]).clamp_min(1e-6)


@LOSSES.register_module()
class LocalContrastLoss(nn.Module):
    """L1 difference of local contrasts; see :func:`local_contrast_loss`.

    Args:
        sigma: Standard deviation in pixels of the blur that separates broad from fine.
    """

    def __init__(self, sigma: float = 4.0) -> None:
        super().__init__()
        if sigma <= 0:
            raise ValueError(f"sigma must be positive, got {sigma}")
        self.sigma = sigma

    def forward(self, pred: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the loss of two pictures ``(B, C, H, W)`` inside ``mask``, ``(B, 1, H, W)``."""
        return local_contrast_loss(pred, target, mask, self.sigma)
