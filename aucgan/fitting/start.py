"""Where a fit starts."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor


@dataclass(frozen=True)
class Start:
    """Codes to start from; ``None`` for the mean head, the resting face, or the pose that the points say.

    Attributes:
        shape: Identity coefficients of the head's first columns, ``(B, n)``.
        expression: Expression coefficients of the head's first columns, ``(B, n)``.
        jaw_pose: Axis-angle, radians, ``(B, 3)``.
        rotation: Global rotation, axis-angle, ``(B, 3)``.
    """

    shape: Tensor | None = None
    expression: Tensor | None = None
    jaw_pose: Tensor | None = None
    rotation: Tensor | None = None
