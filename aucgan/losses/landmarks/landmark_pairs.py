"""Distances between pairs of landmarks: how far an eye or a mouth is open."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.landmarks.landmark import N_LANDMARKS
from aucgan.losses.shape_checks import require_same_shape, require_shape
from aucgan.numerics.constants import constant
from aucgan.numerics.precision import full_precision

Pairs = tuple[tuple[int, int], ...]


def pair_distances(landmarks: Tensor, pairs: Pairs) -> Tensor:
    """Euclidean distance of each pair of points; the gradient is 0 where the two points coincide.

    Args:
        landmarks: ``(B, 68, 2)``.
        pairs: Zero-based indices of the upper and the lower point.

    Returns:
        ``(B, len(pairs))``, in the unit of the landmarks.
    """
    upper, lower = constant(pairs, torch.long, landmarks.device).unbind(1)
    return torch.linalg.vector_norm(landmarks[:, upper] - landmarks[:, lower], dim=-1)


@full_precision
def pair_distance_loss(pred: Tensor, target: Tensor, pairs: Pairs, visibility: Tensor | None = None) -> Tensor:
    """Mean absolute difference of the pair distances of two sets of landmarks.

    Args:
        pred: Predicted points, ``(B, 68, 2)``.
        target: True points, ``(B, 68, 2)``.
        pairs: Zero-based indices of the points of each pair.
        visibility: ``(B, 68)``; a pair counts where both of its points are visible. All by default.

    Returns:
        Scalar, 0 where all openings are equal (or nothing is visible).
    """
    require_same_shape(pred=pred, target=target)
    require_shape("pred", pred, (None, N_LANDMARKS, 2))
    difference = (pair_distances(pred, pairs) - pair_distances(target, pairs)).abs()
    if visibility is None:
        return difference.mean()
    require_shape("visibility", visibility, tuple(pred.shape[:2]))
    first, second = constant(pairs, torch.long, pred.device).unbind(1)
    weight = (visibility[:, first] * visibility[:, second]).to(pred)
    return (difference * weight).sum() / batch_total(weight).clamp_min(1e-8)


class PairDistanceLoss(nn.Module):
    """Equal openings; see :func:`pair_distance_loss`. A loss of its kind names its ``pairs``."""

    pairs: Pairs

    def forward(self, pred: Tensor, target: Tensor, visibility: Tensor | None = None) -> Tensor:
        """Return the loss of ``pred`` against ``target``, both ``(B, 68, 2)``, where visible, ``(B, 68)``."""
        return pair_distance_loss(pred, target, self.pairs, visibility)
