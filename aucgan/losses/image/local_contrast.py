"""Difference of local contrast: what a wrinkle changes, and what a wrong skin tone or light does not."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.losses.batch_total import batch_total
from aucgan.losses.image.registration_trust import LOG_FLOOR, registration_trust
from aucgan.losses.shape_checks import require_mask_of, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


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


def local_contrast(image: Tensor, weight: Tensor, sigma: float) -> Tensor:
    """``log image − blurred log image`` with a weighted blur; 0 where the weight is 0, ``(B, C, H, W)``."""
    levels = torch.log(image.clamp_min(0) + LOG_FLOOR)
    mean = _blur(levels * weight, sigma) / _blur(weight, sigma).clamp_min(1e-3)
    return (levels - mean) * (weight > 0)


@full_precision
def local_contrast_loss(
    pred: Tensor, target: Tensor, mask: Tensor | None = None, sigma: float = 4.0, robust: float | None = None
) -> Tensor:
    """Mean absolute difference of the local contrasts of two pictures.

    A picture is albedo × shading, so its logarithm is a sum. Skin tone, colour and strength of the light and the
    broad form of the face vary slowly: subtracting the blurred logarithm takes them out, whether right or wrong,
    and leaves edges, lines and wrinkles, in relative units (the retinex decomposition, Land & McCann 1971).

    Args:
        pred: ``(B, C, H, W)`` in [0, 1].
        target: ``(B, C, H, W)``.
        mask: Weight of each pixel in [0, 1], ``(B, 1, H, W)``; every pixel by default.
        sigma: Standard deviation of the blur in pixels: wider structures are ignored.
        robust: Difference d₀, in natural-log units, beyond which a pixel counts less and less: d is replaced by
            d / (1 + d/d₀), which never exceeds d₀. ``None``: plain absolute differences.

    Returns:
        Scalar; 0 for pictures that differ by a constant factor (up to the floor of the logarithm) and for an empty
        mask.
    """
    require_same_shape(pred=pred, target=target)
    if mask is None:
        mask = torch.ones_like(pred[:, :1])
    require_mask_of(mask, pred)
    mask = mask.to(pred)
    difference = (local_contrast(pred, mask, sigma) - local_contrast(target, mask, sigma)).abs()
    if robust is not None:
        difference = difference / (1 + difference / robust)
    return (difference * mask).sum() / (batch_total(mask) * pred.shape[1]).clamp_min(1e-6)


@LOSSES.register_module()
class LocalContrastLoss(nn.Module):
    """L1 difference of local contrasts; see :func:`local_contrast_loss`.

    Args:
        sigma: Standard deviation in pixels of the blur that separates broad from fine.
        robust: Difference in natural-log units beyond which a pixel counts less; ``None``: never.
        reach: Pixels by which render and photo may be out of register: see
            :func:`~aucgan.losses.image.registration_trust.registration_trust`. 0: trust every pixel alike.
        tolerance: Range of the coarse render within ``reach``, in natural-log units, that halves a pixel's weight.
    """

    def __init__(self, sigma: float = 4.0, robust: float | None = None, reach: int = 0, tolerance: float = 0.1) -> None:
        super().__init__()
        if sigma <= 0:
            raise ValueError(f"sigma must be positive, got {sigma}")
        if reach and tolerance <= 0:
            raise ValueError(f"tolerance must be positive, got {tolerance}")
        self.sigma, self.robust, self.reach, self.tolerance = sigma, robust, reach, tolerance

    def forward(self, pred: Tensor, target: Tensor, mask: Tensor | None = None, coarse: Tensor | None = None) -> Tensor:
        """Return the loss of two pictures ``(B, C, H, W)`` inside ``mask``, ``(B, 1, H, W)``.

        Args:
            pred: The detailed render.
            target: The photo.
            mask: Weight of each pixel.
            coarse: The coarse render, which tells where misregistration would matter; needed with ``reach``.
        """
        if self.reach:
            if coarse is None:
                raise ValueError("LocalContrastLoss(reach=...) needs the coarse render: pass coarse=...")
            trust = registration_trust(coarse, self.reach, self.tolerance)
            mask = trust if mask is None else mask * trust
        return local_contrast_loss(pred, target, mask, self.sigma, self.robust)
