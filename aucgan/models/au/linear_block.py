"""The linear block of the action-unit networks: linear, batch normalisation over tokens, ReLU."""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F


def fold_linear_bn(fc: nn.Linear, bn: nn.BatchNorm1d) -> tuple[Tensor, Tensor]:
    """Weight and bias of ``bn(fc(x))`` as one linear map, with the running statistics of ``bn``."""
    scale = bn.weight * torch.rsqrt(bn.running_var + bn.eps)
    return fc.weight * scale[:, None], (fc.bias - bn.running_mean) * scale + bn.bias


class LinearBlock(nn.Module):
    """Linear layer, BatchNorm over batch and tokens, ReLU.

    In eval mode the normalisation is folded into the linear layer, which saves a pass over the tokens.

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
        if not self.training:
            return F.relu(F.linear(tokens, *fold_linear_bn(self.fc, self.bn)), inplace=True)
        x = self.fc(tokens)
        return F.relu(self.bn(x.flatten(0, 1)).view_as(x), inplace=True)
