"""Weighted asymmetric loss of multi-label action-unit recognition."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor, nn

from aucgan.losses.batch_total import batch_total
from aucgan.losses.shape_checks import require_same_shape, require_shape
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES

UNKNOWN = -1
MIN_PROBABILITY = 1e-8  # keeps the logarithm finite


def rate_weights(rates: Tensor, min_rate: float = 1e-3) -> Tensor:
    """Class weights in inverse proportion to the positive rates, ``(K,)``, summing to K.

    Args:
        rates: Share of positive samples of each class, ``(K,)`` in [0, 1].
        min_rate: Smaller rates count as this one, so that a class without positives stays finite.
    """
    weights = 1.0 / rates.clamp_min(min_rate)
    return weights * (len(rates) / weights.sum())


@full_precision
def weighted_asymmetric_loss(probabilities: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
    """``−mean of w·[y·log p + sg(p)·(1−y)·log(1−p)]`` over the known labels; sg stops the gradient.

    The factor p of the negative part mutes the many easy negatives (Luo et al., IJCAI 2022).

    Args:
        probabilities: In [0, 1], ``(B, K)``.
        labels: 1 present, 0 absent, −1 unknown, ``(B, K)``.
        weights: Class weights, ``(K,)``; 1 by default.

    Returns:
        A scalar ≥ 0; 0 when every known label is predicted with certainty, or when none is known.
    """
    require_same_shape(probabilities=probabilities, labels=labels)
    known = (labels != UNKNOWN).to(probabilities)
    positive = probabilities.clamp_min(MIN_PROBABILITY).log()
    negative = (1 - probabilities).clamp_min(MIN_PROBABILITY).log() * probabilities.detach()
    terms = -torch.where(labels > 0, positive, negative) * known
    if weights is not None:
        require_shape("weights", weights, (labels.shape[-1],))
        terms = terms * weights.to(terms)
    return terms.sum() / batch_total(known).clamp_min(1)


@LOSSES.register_module()
class WeightedAsymmetricLoss(nn.Module):
    """Weighted asymmetric loss of action units; see :func:`weighted_asymmetric_loss`.

    Args:
        positive_rates: Share of positives of each class in the data; the weights are their inverses,
            normalised to sum to the class count. Without them, all classes weigh 1 unless the caller gives weights.
    """

    weights: Tensor | None

    def __init__(self, positive_rates: Sequence[float] | None = None) -> None:
        super().__init__()
        weights = None if positive_rates is None else rate_weights(torch.tensor(positive_rates, dtype=torch.float32))
        self.register_buffer("weights", weights, persistent=False)

    def forward(self, probabilities: Tensor, labels: Tensor, weights: Tensor | None = None) -> Tensor:
        """Scalar loss of probabilities ``(B, K)`` against labels ``(B, K)``; ``weights`` override the module's."""
        return weighted_asymmetric_loss(probabilities, labels, self.weights if weights is None else weights)
