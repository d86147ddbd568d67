"""Left-right symmetry of the albedo."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_mask_of
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def albedo_symmetry_loss(albedo: Tensor, mask: Tensor | None = None) -> Tensor:
    """Mean absolute difference of the UV albedo and its mirror image.

    Args:
        albedo: ``(B, C, S, S)`` in a UV layout that is symmetric about its vertical middle.
        mask: Texels that count, ``(B, 1, S, S)``; all by default.

    Returns:
        Scalar, 0 for a symmetric albedo.
    """
    difference = (albedo - albedo.flip(-1)).abs()
    if mask is None:
        return difference.mean()
    require_mask_of(mask, albedo)
    mask = mask.to(albedo)
    return (difference * mask).sum() / (batch_total(mask) * albedo.shape[1]).clamp_min(1e-6)


@LOSSES.register_module()
class AlbedoSymmetryLoss(nn.Module):
    """Symmetry of the UV albedo; see :func:`albedo_symmetry_loss`."""

    def forward(self, albedo: Tensor, mask: Tensor | None = None) -> Tensor:
        """Return the loss of an albedo ``(B, C, S, S)`` inside ``mask``, ``(B, 1, S, S)``."""
        return albedo_symmetry_loss(albedo, mask)
