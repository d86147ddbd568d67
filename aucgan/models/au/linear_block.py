"""The linear block of the action-unit networks: linear, batch normalisation over tokens, ReLU."""

from __future__ import annotations

from torch import Tensor, nn
from torch.nn import functional as F

from aucgan.frozen.frozen_layers import frozen_linear, frozen_relu, is_frozen


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
        if is_frozen(self):
            return frozen_relu(frozen_linear(tokens, self.fc, self.bn))
        x = self.fc(tokens)
        return F.relu(self.bn(x.flatten(0, 1)).view_as(x), inplace=True)
