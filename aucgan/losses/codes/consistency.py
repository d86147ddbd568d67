"""Codes of photos of one person within a batch are alike."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_shape
from aucgan.numerics.precision import full_precision


@full_precision
def same_person_difference(code: Tensor, identity: Tensor) -> Tensor:
    """Mean squared difference of codes over all unordered pairs of different photos that show one person.

    All pairs are compared and the others left out of the mean: how many show one person, a GPU's host would have to
    wait for.

    Args:
        code: ``(B, N)``.
        identity: Number of the person in each photo, ``(B,)``; equal numbers are one person.

    Returns:
        Scalar, 0 for equal codes and where no person appears twice.
    """
    require_shape("identity", identity, (code.shape[0],))
    first, second = torch.triu_indices(len(code), len(code), offset=1, device=code.device).unbind(0)
    same = identity[first] == identity[second]
    difference = (code[first] - code[second]).square().mean(1)
    return torch.where(same, difference, 0).sum() / batch_total(same.to(code.dtype)).clamp_min(1)


def require_identity(identity: Tensor | None, loss: str) -> Tensor:
    """Who is in each photo, ``(B,)``.

    Raises:
        ValueError: If the data does not say it to the loss of that name.
    """
    if identity is None:
        raise ValueError(
            f"{loss} needs the data to give 'identity', one number a photo, and several photos of a person in a "
            "batch: set the data set so, or leave this loss out (weight=0)"
        )
    return identity
