"""Sharpness: the gradients of two images are equal."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.shape_checks import require_same_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


def inner_gradients(image: Tensor) -> tuple[Tensor, Tensor]:
    """Horizontal differences of the inner rows and vertical differences of the inner columns of ``(B, C, H, W)``."""
    return image[:, :, 1:-1].diff(dim=3), image[..., 1:-1].diff(dim=2)


@full_precision
def gradient_difference_loss(pred: Tensor, target: Tensor) -> Tensor:
    """Mean squared difference of the horizontal plus that of the vertical image gradients (Mathieu et al., 2016).

    Args:
        pred: ``(B, C, H, W)``.
        target: ``(B, C, H, W)``.

    Returns:
        Scalar, 0 for images that differ by a constant.
    """
    require_same_shape(pred=pred, target=target)
    (pred_x, pred_y), (target_x, target_y) = inner_gradients(pred), inner_gradients(target)
    return (pred_x - target_x).square().mean() + (pred_y - target_y).square().mean()


@LOSSES.register_module()
class GradientDifferenceLoss(nn.Module):
    """Equal image gradients; see :func:`gradient_difference_loss`."""

    def forward(self, pred: Tensor, target: Tensor) -> Tensor:
        """Return the loss of two images ``(B, C, H, W)``."""
        return gradient_difference_loss(pred, target)
