"""The shape code is the same in all photos of one person."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.codes.consistency import require_identity, same_person_difference
from aucgan.registry import LOSSES


@LOSSES.register_module()
class ShapeConsistencyLoss(nn.Module):
    """Equal shape codes for photos of one person; see :mod:`aucgan.losses.codes.consistency`."""

    def forward(self, shape: Tensor, identity: Tensor | None) -> Tensor:
        """Return the loss of codes ``(B, N)`` given who is in each photo, ``(B,)``.

        Raises:
            ValueError: If the data does not say who is in the photos.
        """
        return same_person_difference(shape, require_identity(identity, "ShapeConsistencyLoss"))
