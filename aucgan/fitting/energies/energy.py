"""The contract of every energy."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor

from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.view import View


class Energy(ABC):
    """Something that a fit makes small: minus the logarithm of a probability, up to a constant.

    Args:
        weight: Factor of the energy.

    Attributes:
        needs_photo: Whether it looks at pixels.
    """

    needs_photo = False

    def __init__(self, weight: float = 1.0) -> None:
        if not weight >= 0:
            raise ValueError(f"{type(self).__name__}: weight must be at least 0, got {weight}")
        self.weight = weight

    @abstractmethod
    def cost(self, view: View) -> Tensor:
        """Its value for each face, weighted, ``(B,)``."""

    @abstractmethod
    def add_to(self, total: Quadratic, view: View) -> None:
        """Add its slope and curvature, weighted, at the state of ``view``."""
