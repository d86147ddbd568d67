"""Adversarial hinge loss."""

from __future__ import annotations

from torch import Tensor

from aucgan.losses.adversarial.adversarial import AdversarialLoss
from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def hinge_discriminator_loss(real_logits: Tensor, fake_logits: Tensor) -> Tensor:
    """``mean(max(0, 1 - real)) + mean(max(0, 1 + fake))``; 0 once both margins are kept."""
    return (1.0 - real_logits).clamp_min(0.0).mean() + (1.0 + fake_logits).clamp_min(0.0).mean()


@full_precision
def hinge_generator_loss(fake_logits: Tensor) -> Tensor:
    """``-mean(fake)``."""
    return -fake_logits.mean()


@LOSSES.register_module()
class HingeLoss(AdversarialLoss):
    """Hinge loss on logits (Lim & Ye 2017; Miyato et al., ICLR 2018)."""

    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Keep photos above 1 and rendered faces below -1."""
        return hinge_discriminator_loss(real_logits, fake_logits)

    def generator(self, fake_logits: Tensor) -> Tensor:
        """Raise the logits of rendered faces."""
        return hinge_generator_loss(fake_logits)
