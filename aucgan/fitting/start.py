"""Where a fit starts."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from aucgan.fitting.fitted_faces import FittedFaces


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

    @classmethod
    def of(cls, start: Start | FittedFaces) -> Start:
        """The codes of faces that were fitted before, such as the frame before."""
        if isinstance(start, Start):
            return start
        return cls(start.shape, start.expression, start.jaw_pose, start.pose[:, :3])

    def rows(self, rows: Tensor) -> Start:
        """Those of some faces ``(b,)``."""
        return Start(**{name: None if value is None else value[rows] for name, value in vars(self).items()})
