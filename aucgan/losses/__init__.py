"""Losses: every registered loss can be imported from here."""

from aucgan.losses.au_asymmetric_loss import WeightedAsymmetricLoss

__all__ = [
    "WeightedAsymmetricLoss",
]
