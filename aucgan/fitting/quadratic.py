"""What an energy says about a state: its value, and the parabola that a step is computed from."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass
class Quadratic:
    """Sums of energies near a state, ``cost + gradient · step + ½ step · curvature · step`` of each face.

    Attributes:
        cost: ``(B,)``.
        gradient: ``(B, P)``.
        curvature: Positive semi-definite, ``(B, P, P)``.
        coupling: How strongly each unknown before the identity's is tied to that of the previous frame, ``(B, Q)``: the
            curvature between the two is minus this.
    """

    cost: Tensor
    gradient: Tensor
    curvature: Tensor
    coupling: Tensor

    @classmethod
    def zero(cls, batch: int, width: int, n_private: int, like: Tensor) -> Quadratic:
        """Nothing yet, in the precision of ``like``."""
        zeros = like.new_zeros
        return cls(zeros(batch), zeros(batch, width), zeros(batch, width, width), zeros(batch, n_private))

    def add_squares(self, residuals: Tensor, slopes: Tensor) -> None:
        """Add the parabola of ½ Σ r², from ``r (B, M)`` and how it follows the unknowns, ``(B, M, P)``."""
        flipped = slopes.transpose(1, 2)
        self.gradient += torch.bmm(flipped, residuals[..., None]).squeeze(-1)
        self.curvature.baddbmm_(flipped, slopes)

    def add_diagonal(self, columns: slice, gradient: Tensor, curvature: Tensor) -> None:
        """Add what acts on unknowns one by one, ``(B, n)`` both."""
        self.gradient[:, columns] += gradient
        self.curvature.diagonal(dim1=1, dim2=2)[:, columns] += curvature
