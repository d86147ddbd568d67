"""The shape code is the same in all photos of one person."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.codes.consistency import same_person_pairs
from aucgan.losses.shape_checks import require_shape
from aucgan.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def shape_consistency_loss(shape: Tensor, identity: Tensor) -> Tensor:
    """Mean squared difference of the shape codes over all pairs of photos of one person.

    Args:
        shape: Shape codes, ``(B, N)``.
        identity: Number of the person in each photo, ``(B,)``.

    Returns:
        Scalar, 0 for equal codes and where no person appears twice.
    """
    require_shape("identity", identity, (shape.shape[0],))
    first, second = same_person_pairs(identity)
    pairs = batch_total(shape.new_ones(len(first))).clamp_min(1)
    return (shape[first] - shape[second]).square().mean(1).sum() / pairs


@LOSSES.register_module()
class ShapeConsistencyLoss(nn.Module):
    """Equal shape codes for photos of one person; see :func:`shape_consistency_loss`."""

    def forward(self, shape: Tensor, identity: Tensor | None) -> Tensor:
        """Return the loss of codes ``(B, N)`` given who is in each photo, ``(B,)``.

        Raises:
            ValueError: If the data does not say who is in the photos.
        """
        if identity is None:
            raise ValueError(
                "ShapeConsistencyLoss needs the data to give 'identity', one number a photo, and several photos of "
                "a person in a batch: set the data set so, or leave this loss out (weight=0)"
            )
        return shape_consistency_loss(shape, identity)
