"""What is known of the sizes of adults' heads: means and standard deviations over both sexes and many origins.

Sources: ANSUR II (Gordon et al. 2014: breadths and lengths of the head, face, interpupillary distance) and Farkas,
Anthropometry of the Head and Face (1994), with Farkas et al. 2005 (International Anthropometric Study of Facial
Morphology) for nose, mouth and eyes. The deviations are those of a population that mixes both sexes and, for nose and
lips, origins; within one group they are smaller.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.points import POINTS

_X, _Y, _Z = range(3)


@dataclass(frozen=True)
class Measure:
    """A distance along an axis of the head.

    Attributes:
        ends: Names of two points; twice the same for the breadth between a left point and its mirror image.
        axis: 0 across, 1 up, 2 forward.
        mean: Millimetres.
        deviation: One standard deviation, millimetres.
    """

    ends: tuple[str, str]
    axis: int
    mean: float
    deviation: float


MEASURES: dict[str, Measure] = {
    "interpupillary distance": Measure(("pupil", "pupil"), _X, 63.0, 3.6),
    "bizygomatic breadth": Measure(("zygion", "zygion"), _X, 138.0, 6.5),
    "bigonial breadth": Measure(("gonion", "gonion"), _X, 110.0, 7.5),
    "face height": Measure(("sellion", "menton"), _Y, 117.0, 7.3),
    "head breadth": Measure(("eurion", "eurion"), _X, 151.0, 6.0),
    "head length": Measure(("glabella", "opisthocranion"), _Z, 195.0, 8.0),
    "nose height": Measure(("sellion", "subnasale"), _Y, 51.0, 3.8),
    "nose breadth": Measure(("alare", "alare"), _X, 36.0, 4.0),
    "nose protrusion": Measure(("pronasale", "subnasale"), _Z, 17.0, 2.2),
    "nose bridge": Measure(("sellion", "endocanthion"), _Z, 14.0, 2.4),
    "mouth breadth": Measure(("cheilion", "cheilion"), _X, 51.0, 4.0),
    "upper lip": Measure(("labiale_superius", "upper_stomion"), _Y, 8.0, 1.7),
    "lower lip": Measure(("lower_stomion", "labiale_inferius"), _Y, 10.0, 1.8),
    "philtrum": Measure(("subnasale", "labiale_superius"), _Y, 14.5, 2.4),
    "chin height": Measure(("labiale_inferius", "menton"), _Y, 32.0, 3.6),
    "intercanthal breadth": Measure(("endocanthion", "endocanthion"), _X, 33.0, 2.8),
    "biocular breadth": Measure(("exocanthion", "exocanthion"), _X, 91.0, 4.5),
    "eye opening": Measure(("upper_lid", "lower_lid"), _Y, 10.0, 1.2),
    "chin forward": Measure(("menton", "subnasale"), _Z, -15.0, 4.5),
    "forehead": Measure(("vertex", "glabella"), _Y, 97.0, 6.0),
}


def measure_rows(mesh: HeadMesh, measure: Measure) -> tuple[list[int], list[int]]:
    """Vertices whose mean coordinates are the two ends."""
    first, second = (_rows(mesh, name) for name in measure.ends)
    if measure.ends[0] == measure.ends[1]:
        second = mesh.mirror[second]
    return list(first), list(second)


def _rows(mesh: HeadMesh, name: str) -> np.ndarray:
    if name == "pupil":
        return np.flatnonzero(mesh.parts == "eyeball")[: len(mesh.eyes[0].directions)]
    return np.array([mesh.row(POINTS[name])])


def measured(mesh: HeadMesh, fields: np.ndarray) -> np.ndarray:
    """The measures of positions or, since they are linear, of offsets.

    Args:
        mesh: The head's mesh.
        fields: ``(..., V, 3)`` in any unit.

    Returns:
        ``(..., M)`` in the same unit, in the order of :data:`MEASURES`.
    """
    columns = []
    for measure in MEASURES.values():
        first, second = measure_rows(mesh, measure)
        columns.append(fields[..., first, measure.axis].mean(-1) - fields[..., second, measure.axis].mean(-1))
    return np.stack(columns, axis=-1)
