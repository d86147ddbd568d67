"""Supervised codes, for data that has the true ones."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.codes.unknown_truth import known_or_found
from aucgan.losses.shape_checks import require_same_shape, require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def code_distance_loss(code: Tensor, gt_code: Tensor, scale: float = 1.0) -> Tensor:
    """Mean squared distance of coefficients in units of ``scale``.

    Args:
        code: Predicted coefficients, ``(B, N)``.
        gt_code: True coefficients, ``(B, N)``; NaN where nobody knows them: they add nothing to the mean.
        scale: Spread of the coefficients: with it the loss of the mean code is about 1.

    Returns:
        Scalar.
    """
    require_same_shape(code=code, gt_code=gt_code)
    require_shape("code", code, (None, None))
    return ((code - known_or_found(gt_code, code)) / scale).square().mean()


@LOSSES.register_module()
class CodeDistanceLoss(nn.Module):
    """Mean squared error of a code whose truth is known; see :func:`code_distance_loss`.

    Beside the distance of vertices it makes all named shapes count alike: brows move fewer vertices than a jaw does.

    Args:
        scale: Spread of the coefficients.
    """

    def __init__(self, scale: float = 1.0) -> None:
        super().__init__()
        if scale <= 0.0:
            raise ValueError(f"scale must be positive, but got {scale}")
        self.scale = scale

    def forward(self, code: Tensor, gt_code: Tensor) -> Tensor:
        """Return the loss of ``code`` against ``gt_code``, both ``(B, N)``."""
        return code_distance_loss(code, gt_code, self.scale)
