"""The unknowns of a batch of fits, and how a step changes them."""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from aucgan.models.face_models.rotations import axis_angle_to_matrix

N_RIGID = 6
"""Unknowns of the head's pose: a turn about the camera's axes (radians), then a shift (metres)."""


@dataclass(frozen=True)
class FitState:
    """Where B fits stand.

    A step is a vector ``(B, 6 + E + K)``: a turn after the present rotation, a shift, expression, identity.

    Attributes:
        rotation: ``(B, 3, 3)``.
        translation: Metres, ``(B, 3)``.
        expression: ``(B, E)``.
        identity: ``(B, K)``; equal rows where faces share it.
    """

    rotation: Tensor
    translation: Tensor
    expression: Tensor
    identity: Tensor

    def __len__(self) -> int:
        return len(self.rotation)

    @property
    def n_private(self) -> int:
        """How many unknowns come before the identity's."""
        return N_RIGID + self.expression.shape[1]

    @property
    def width(self) -> int:
        """How many unknowns there are."""
        return self.n_private + self.identity.shape[1]

    def moved(self, step: Tensor, bounds: Tensor) -> FitState:
        """The state after a step ``(B, P)``; expression stays within ``bounds (2, E)``."""
        turn, shift, expression, identity = step.split([3, 3, self.expression.shape[1], self.identity.shape[1]], 1)
        low, high = bounds.to(step)
        return FitState(
            axis_angle_to_matrix(turn) @ self.rotation,
            self.translation + shift,
            (self.expression + expression).clamp(low, high),
            self.identity + identity,
        )

    def where(self, chosen: Tensor, other: FitState) -> FitState:
        """Samples of ``other`` where ``chosen (B,)``, of this elsewhere."""
        mixed = {
            name: torch.where(chosen.view(-1, *[1] * (value.dim() - 1)), getattr(other, name), value)
            for name, value in vars(self).items()
        }
        return replace(self, **mixed)

    def to(self, dtype: torch.dtype) -> FitState:
        """The same in another precision."""
        return FitState(*(value.to(dtype) for value in vars(self).values()))
