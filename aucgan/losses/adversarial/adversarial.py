"""What all adversarial losses share."""

from __future__ import annotations

from abc import abstractmethod

from torch import Tensor, nn


class AdversarialLoss(nn.Module):
    """A pair of losses on logits, one for each player; logits may be ``(B, 1)`` or patches ``(B, 1, h, w)``."""

    @abstractmethod
    def discriminator(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """Loss that the discriminator minimises; the fake images must be detached."""

    @abstractmethod
    def generator(self, fake_logits: Tensor) -> Tensor:
        """Loss that the generator minimises."""

    def forward(self, real_logits: Tensor, fake_logits: Tensor) -> Tensor:
        """The discriminator's loss."""
        return self.discriminator(real_logits, fake_logits)
