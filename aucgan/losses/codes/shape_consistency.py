"""The shape code is the same in all photos of one person."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.codes.consistency import same_person_difference
from aucgan.registry import LOSSES


@LOSSES.register_module()
class ShapeConsistencyLoss(nn.Module):
    """Equal shape codes for photos of one person; see :mod:`aucgan.losses.codes.consistency`."""

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
        return same_person_difference(shape, identity)
