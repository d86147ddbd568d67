"""Detail codes of one person may be exchanged between photos."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.losses.codes.consistency import require_identity, same_person_difference
from aucgan.registry import LOSSES


def exchange_details(detailcode: Tensor, identity: Tensor) -> Tensor:
    """Give every photo the detail code of the next photo of the same person; a person's only photo keeps its own.

    Render with the exchanged codes and compare with the photo: that is DECA's detail consistency (Feng et al., 2021).

    Args:
        detailcode: ``(B, N)``.
        identity: Number of the person in each photo, ``(B,)``.

    Returns:
        The exchanged codes, ``(B, N)``.
    """
    place = torch.arange(len(identity), device=identity.device)
    steps = (place[None] - place[:, None] - 1) % len(identity)  # from each photo on to every other, itself last
    same = identity[:, None] == identity[None]
    return detailcode[steps.masked_fill(~same, len(identity)).argmin(1)]


@LOSSES.register_module()
class DetailConsistencyLoss(nn.Module):
    """Equal detail codes for photos of one person; see :mod:`aucgan.losses.codes.consistency`."""

    def forward(self, detailcode: Tensor, identity: Tensor | None) -> Tensor:
        """Return the loss of codes ``(B, N)`` given who is in each photo, ``(B,)``.

        Raises:
            ValueError: If the data does not say who is in the photos.
        """
        return same_person_difference(detailcode, require_identity(identity, "DetailConsistencyLoss"))
