"""R1 gradient penalty of the discriminator."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from aucgan.numerics.precision import full_precision
from aucgan.registry import LOSSES


@full_precision
def r1_penalty(real_logits: Tensor, real_images: Tensor, unit: float = 1.0) -> Tensor:
    """``½ · mean over the batch of |∂ logit / ∂ image|²`` on photos.

    A discriminator of patches counts as its mean patch, like in the adversarial losses.

    Args:
        real_logits: What the discriminator says of the photos, ``(B, 1)`` or ``(B, 1, h, w)``; under float16 autocast
            it has to say it through :func:`~aucgan.numerics.precision.in_full_range`, or the gradient underflows.
        real_images: The photos themselves, ``(B, 3, H, W)``, with ``requires_grad`` set before the forward pass; or
            whatever else is real, such as displacement.
        unit: The gradient is that with respect to the images in this unit; ``1e-3`` for maps in metres: millimetres.

    Returns:
        Scalar whose gradient reaches the discriminator; 0 for a constant discriminator.

    Raises:
        ValueError: If the photos do not require a gradient.
    """
    if not real_images.requires_grad:
        raise ValueError(
            "R1Penalty needs the gradient of the photos: call real_images.requires_grad_(True) "
            "before they enter the discriminator"
        )
    decision = real_logits.flatten(1).mean(1).sum()
    (gradient,) = torch.autograd.grad(decision, real_images, create_graph=True)
    return 0.5 * (unit * gradient).square().flatten(1).sum(1).mean()


@LOSSES.register_module()
class R1Penalty(nn.Module):
    """Gradient penalty on photos (Mescheder et al., ICML 2018); see :func:`r1_penalty`.

    Args:
        unit: The gradient is that with respect to the images in this unit; ``1e-3`` for maps in metres: millimetres.

    Raises:
        ValueError: If ``unit`` is not positive.
    """

    def __init__(self, unit: float = 1.0) -> None:
        super().__init__()
        if unit <= 0.0:
            raise ValueError(f"unit must be positive, but got {unit}")
        self.unit = unit

    def forward(self, real_logits: Tensor, real_images: Tensor) -> Tensor:
        """Return the penalty of the logits of ``real_images``."""
        return r1_penalty(real_logits, real_images, self.unit)
