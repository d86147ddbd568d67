"""Adversarial binary cross-entropy with smoothed labels."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from aucgan.losses.adversarial.adversarial import AdversarialLoss
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def bce_loss(logits: Tensor, label: float) -> Tensor:
    """Binary cross-entropy of logits against one label in [0, 1], averaged over all decisions."""
    return F.softplus(logits).mean() - label * logits.mean()


@LOSSES.register_module()
class BCELoss(AdversarialLoss):
    """Binary cross-entropy on logits with smoothed labels (Salimans et al., NeurIPS 2016).

    Args:
        real_label: What the discriminator should say of photos.
        fake_label: What it should say of rendered faces.
        generator_label: What the generator wants it to say of rendered faces.

    Raises:
        ValueError: If a label lies outside of [0, 1].
    """

    def __init__(self, real_label: float = 0.9, fake_label: float = 0.1, generator_label: float = 1.0) -> None:
        super().__init__()
        labels = dict(real_label=real_label, fake_label=fake_label, generator_label=generator_label)
        for name, label in labels.items():
            if not 0.0 <= label <= 1.0:
                raise ValueError(f"{name} must lie in [0, 1], but got {label}")
        self.real_label, self.fake_label, self.generator_label = real_label, fake_label, generator_label

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Photos against ``real_label`` plus rendered faces against ``fake_label``."""
        return bce_loss(real_logits, self.real_label) + bce_loss(fake_logits, self.fake_label)

    def generator(self, fake_logits: Tensor) -> Tensor:
        """Rendered faces against ``generator_label``."""
        return bce_loss(fake_logits, self.generator_label)
