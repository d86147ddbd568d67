"""Colour difference of two images inside a mask."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_choice, require_mask_of, require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

NORMALIZATIONS = ("mask", "image")


@full_precision
def photometric_loss(pred: Tensor, target: Tensor, mask: Tensor | None = None, normalization: str = "mask") -> Tensor:
    """Mean absolute colour difference.

    Args:
        pred: Predicted image, ``(B, C, H, W)`` in [0, 1].
        target: Photo, ``(B, C, H, W)``.
        mask: Weight of each pixel in [0, 1], ``(B, 1, H, W)``; every pixel by default.
        normalization: ``'mask'`` takes the mean over the masked pixels of the batch; ``'image'`` over all pixels, as
            the published training does, which counts small faces less.

    Returns:
        Scalar in [0, 1] for images in [0, 1]; 0 for an empty mask.
    """
    require_same_shape(pred=pred, target=target)
    difference = (pred - target).abs()
    if mask is None:
        return difference.mean()
    require_mask_of(mask, pred)
    mask = mask.to(pred)
    masked = difference * mask
    if normalization == "image":
        return masked.mean()
    return masked.sum() / (batch_total(mask) * pred.shape[1]).clamp_min(1e-6)


@LOSSES.register_module()
class PhotometricLoss(nn.Module):
    """Mean L1 colour difference inside a mask; see :func:`photometric_loss`.

    Args:
        normalization: ``'mask'`` (mean over masked pixels) or ``'image'`` (published: mean over all pixels).
    """

    def __init__(self, normalization: str = "mask") -> None:
        super().__init__()
        self.normalization = require_choice("normalization", normalization, NORMALIZATIONS)

    def forward(self, pred: Tensor, target: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the loss of two images ``(B, C, H, W)`` inside ``mask``, ``(B, 1, H, W)``."""
        return photometric_loss(pred, target, mask, self.normalization)
