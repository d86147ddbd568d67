"""The linear block of the action-unit networks: linear, batch normalisation over tokens, ReLU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.models.au.frozen_layers import bn_scale_shift, masked_relu, passes_gradient_only


class LinearBlock(nn.Module):
    """Linear layer, BatchNorm over batch and tokens, ReLU.

    Args:
        in_dim: Channels of the input tokens.
        out_dim: Channels of the output tokens.
    """

    def __init__(self, in_dim: int, out_dim: int) -> None:
        super().__init__()
        self.fc = nn.Linear(in_dim, out_dim)
        self.bn = nn.BatchNorm1d(out_dim)

    def forward(self, tokens: Tensor) -> Tensor:
        """Map tokens ``(B, T, in_dim)`` to ``(B, T, out_dim)``, non-negative."""
        x = self.fc(tokens)
        if passes_gradient_only(self, tokens):
            scale, shift = bn_scale_shift(self.bn)
            return masked_relu(torch.addcmul(shift, x, scale))
        return F.relu(self.bn(x.flatten(0, 1)).view_as(x), inplace=True)
