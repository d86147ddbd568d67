"""The MRF term to be read: target positions as the filters of a convolution. A twin of the chunked one."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.losses.image.mrf import BANDWIDTH, EPSILON


def patch_convolution_mrf(gen: Tensor, target: Tensor) -> Tensor:
    """Mean MRF loss of feature maps ``(B, C, h, w)`` as published; see :func:`aucgan.losses.image.mrf.mrf_loss`."""
    centre = target.mean(1, keepdim=True)
    gen, target = F.normalize(gen - centre, dim=1), F.normalize(target - centre, dim=1)
    losses = []
    for image, other in zip(gen, target, strict=True):
        filters = other.flatten(1).t()[:, :, None, None]
        distance = (1.0 - F.conv2d(image[None], filters)) / 2.0  # (1, T, h, w)
        relative = distance / (distance.min(1, keepdim=True)[0] + EPSILON)
        weight = torch.exp((1.0 - relative) / BANDWIDTH)
        weight = weight / weight.sum(1, keepdim=True)
        losses.append(-weight.flatten(2).max(2)[0].mean().log())
    return torch.stack(losses).mean()
