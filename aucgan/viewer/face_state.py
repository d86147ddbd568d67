"""All that a visitor has set, as one value that never changes: the next one is made from it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from aucgan.apis.edit import NamedExpression

N_IDENTITY = 8
"""Components of the identity that have a slider."""
LOOKS = ("texture", "grey", "normals", "heat map")
"""What the surface shows: the photo's skin, plain clay, its normals, how far a unit moves it."""
_RESTING = NamedExpression.named({})


@dataclass(frozen=True)
class FaceState:
    """A face as a visitor wants it.

    Attributes:
        expression: What it shows, by units and shapes.
        turn: How much further the head turns than in the photo: yaw, pitch and roll, degrees.
        identity: What is added to the first coefficients of the identity, ``(N_IDENTITY,)``.
        wrinkles: Strength of the detail; 1: as a network gave it.
        light: Azimuth and elevation in degrees (0, 0: from the viewer), strength, and what comes from all around.
        look: One of :data:`LOOKS`.
        heat_unit: Whose motion the heat map shows.
        detailed: Whether the surface has its fine normals; else that of the mesh alone.
    """

    expression: NamedExpression
    turn: tuple[float, float, float] = (0.0, 0.0, 0.0)
    identity: tuple[float, ...] = (0.0,) * N_IDENTITY
    wrinkles: float = 1.0
    light: tuple[float, float, float, float] = (-25.0, 30.0, 1.4, 2.0)
    look: str = LOOKS[0]
    heat_unit: str = "AU12"
    detailed: bool = True

    def showing(self, values: Mapping[str, float]) -> FaceState:
        """The state with some units and shapes set.

        Args:
            values: By name, see :meth:`~aucgan.apis.edit.NamedExpression.changed`.

        Raises:
            ValueError: A name is unknown or a value out of range.
        """
        return replace(self, expression=self.expression.changed(values))

    def at_rest(self) -> FaceState:
        """The state with a face that shows nothing; head, person, light and look stay."""
        return replace(self, expression=_RESTING)

    def with_part(self, field: str, index: int, value: float) -> FaceState:
        """The state with one number of ``turn``, ``identity`` or ``light`` replaced."""
        numbers = list(getattr(self, field))
        numbers[index] = value
        part: dict[str, Any] = {field: tuple(numbers)}
        return replace(self, **part)
