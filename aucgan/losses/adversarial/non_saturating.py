"""The non-saturating adversarial loss."""

from __future__ import annotations

import torch.nn.functional as F
from torch import Tensor

from aucgan.losses.adversarial.adversarial import AdversarialLoss
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def non_saturating_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """``mean(softplus(-real)) + mean(softplus(fake))``; 2 log 2 for an undecided discriminator."""
    return F.softplus(-real_logits).mean() + F.softplus(fake_logits).mean()


@full_precision
def non_saturating_generator_loss(fake_logits: Tensor) -> Tensor:
    """``mean(softplus(-fake))``."""
    return F.softplus(-fake_logits).mean()


@LOSSES.register_module()
class NonSaturatingLoss(AdversarialLoss):
    """Logistic loss with the generator's non-saturating form (Goodfellow et al., NeurIPS 2014)."""

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Tell photos from rendered faces."""
        return non_saturating_discriminator_loss(real_logits, fake_logits)

    def generator(self, fake_logits: Tensor) -> Tensor:
        """Make rendered faces pass as photos."""
        return non_saturating_generator_loss(fake_logits)
