"""Sharpness: the Laplacians of two images are equal."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


def laplacian(image: Tensor) -> Tensor:
    """Sum over the eight neighbours minus eight times the centre; 0 outside of the image; ``(B, C, H, W)``."""
    channels = image.shape[1]
    kernel = torch.ones(3, 3, dtype=image.dtype, device=image.device)
    kernel[1, 1] = -8.0
    return F.conv2d(image, kernel.expand(channels, 1, 3, 3), padding=1, groups=channels)


@full_precision
def laplacian_loss(pred: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the Laplacians.

    Args:
        pred: ``(B, C, H, W)``.
        target: ``(B, C, H, W)``.

    Returns:
        Scalar, 0 for equal images.
    """
    require_same_shape(pred=pred, target=target)
    return (laplacian(pred) - laplacian(target)).square().mean()


@LOSSES.register_module()
class LaplacianLoss(nn.Module):
    """Equal Laplacians; see :func:`laplacian_loss`."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two images ``(B, C, H, W)``."""
        return laplacian_loss(pred, target)
