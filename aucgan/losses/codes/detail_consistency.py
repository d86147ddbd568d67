"""Detail codes of one person may be exchanged between photos."""

from __future__ import annotations

from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.codes.consistency import same_person_pairs
from aucgan.losses.shape_checks import require_shape
from aucgan.precision import full_precision
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
    source = list(range(len(identity)))
    for person in identity.unique():
        photos = (identity == person).nonzero().squeeze(1).tolist()
        for photo, other in zip(photos, photos[1:] + photos[:1], strict=True):
            source[photo] = other
    return detailcode[source]


@full_precision
def detail_consistency_loss(detailcode: Tensor, identity: Tensor) -> Tensor:
    """Mean squared difference of the detail codes over all pairs of photos of one person.

    Args:
        detailcode: ``(B, N)``.
        identity: Number of the person in each photo, ``(B,)``.

    Returns:
        Scalar, 0 for equal codes and where no person appears twice.
    """
    require_shape("identity", identity, (detailcode.shape[0],))
    first, second = same_person_pairs(identity)
    pairs = batch_total(detailcode.new_ones(len(first))).clamp_min(1)
    return (detailcode[first] - detailcode[second]).square().mean(1).sum() / pairs


@LOSSES.register_module()
class DetailConsistencyLoss(nn.Module):
    """Equal detail codes for photos of one person; see :func:`detail_consistency_loss`."""

    def forward(self, detailcode: Tensor, identity: Tensor | None) -> Tensor:
        """Return the loss of codes ``(B, N)`` given who is in each photo, ``(B,)``.

        Raises:
            ValueError: If the data does not say who is in the photos.
        """
        if identity is None:
            raise ValueError(
                "DetailConsistencyLoss needs the data to give 'identity', one number a photo, and several photos of "
                "a person in a batch: set the data set so, or leave this loss out (weight=0)"
            )
        return detail_consistency_loss(detailcode, identity)
