"""Lips that stay in front of the teeth, along the whole straight path of a shape."""

from __future__ import annotations

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.contact import depth_in_teeth

_TEETH = ("teeth_upper", "teeth_lower")
_CLEAR = 0.0002
"""Distance to the teeth that is left, metres."""
_WEIGHTS = (1.0, 0.5)
_ROUNDS = 2


def keep_lips_out(mesh: HeadMesh, template: np.ndarray, offsets: np.ndarray) -> np.ndarray:
    """A shape whose lips do not enter the teeth, neither at full weight nor half way.

    Args:
        mesh: The head's mesh.
        template: Head at rest, ``(V, 3)`` metres.
        offsets: Of the shape at full weight, ``(V, 3)`` metres.
    """
    settled = offsets.copy()
    lips = np.flatnonzero(mesh.part("lip_upper", "lip_lower") & (np.linalg.norm(offsets, axis=1) > 0))
    for part in _TEETH * _ROUNDS:
        faces = mesh.faces[mesh.islands == part]
        for weight in _WEIGHTS:
            moved = template + weight * settled
            depth, normal = depth_in_teeth(moved[lips], moved[faces])
            push = np.where(depth > 0, depth + _CLEAR, 0.0)
            settled[lips] += (push / weight)[:, None] * normal
    return settled
