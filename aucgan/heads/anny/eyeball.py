"""Eyeballs: spheres with rings about the line of sight, so that iris and pupil have rings of their own."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.heads.anny.source import BaseMesh

RING = 24
"""Vertices of a ring."""
ANGLES = np.radians([9.5, 20.0, 28.7, 40.0, 56.0, 76.0, 100.0, 125.0, 152.0])
"""Angles of the rings from the line of sight; 28.7° is the limbus."""
_LID_GAP = 0.0005
"""Metres between the eyeball and the nearest point of the lids' margin, which straight paths cut across."""
_DEEPER = 0.0015
"""Metres by which the centre lies behind the helper's, so that the ball fills the corners of the lids."""
_BEHIND = 0.006
"""The helper's front is a lens; what lies this far behind its front tells the centre, in metres."""


def sphere_directions() -> np.ndarray:
    """Unit vectors of the vertices: front pole, back pole, then the rings, ``(2 + 9·24, 3)``."""
    turn = np.linspace(0.0, 2.0 * np.pi, RING, endpoint=False)
    angle, turn = np.meshgrid(ANGLES, turn, indexing="ij")
    rings = np.stack([np.sin(angle) * np.cos(turn), np.sin(angle) * np.sin(turn), np.cos(angle)], axis=-1)
    return np.concatenate([[[0.0, 0.0, 1.0], [0.0, 0.0, -1.0]], rings.reshape(-1, 3)])


def eyeball_faces() -> np.ndarray:
    """Triangles of one eyeball, counter-clockwise seen from outside, ``(F, 3)``."""
    rings = 2 + np.arange(len(ANGLES) * RING).reshape(len(ANGLES), RING)
    following = np.roll(rings, -1, axis=1)
    fans = [
        np.stack([rings[0], following[0], np.zeros(RING, int)], axis=1),
        np.stack([following[-1], rings[-1], np.ones(RING, int)], axis=1),
    ]
    for k in range(len(ANGLES) - 1):
        a, b, c, d = rings[k + 1], following[k + 1], following[k], rings[k]
        fans += [np.stack([a, b, c], axis=1), np.stack([a, c, d], axis=1)]
    return np.concatenate(fans)


@dataclass(frozen=True)
class EyeballFit:
    """One eyeball, tied to the base mesh's helper.

    Attributes:
        helper: Base vertices of the helper, ``(H,)``.
        directions: Of the vertices from the centre, ``(E, 3)``.
        radius: Metres.
        outward: Directions of the helper's vertices from its centre, ``(H, 3)``.
        shift: From the mean of the helper's vertices to the centre, ``(3,)`` metres.
    """

    helper: np.ndarray
    directions: np.ndarray
    radius: float
    outward: np.ndarray
    shift: np.ndarray

    @classmethod
    def of(cls, base: BaseMesh, side: str) -> EyeballFit:
        """Fit the sphere of a side, ``l`` or ``r``, to the helper's back and the lids.

        Args:
            base: The base mesh.
            side: The person's own.
        """
        helper = np.unique(base.quads["helper-l-eye"])
        points = base.vertices[helper]
        back = points[points[:, 2] < points[:, 2].max() - _BEHIND]
        system = np.column_stack([2.0 * back, np.ones(len(back))])
        centre = np.linalg.lstsq(system, np.square(back).sum(1), rcond=None)[0][:3] - [0.0, 0.0, _DEEPER]
        away = points - centre
        outward = away / np.linalg.norm(away, axis=1, keepdims=True)
        body = np.unique(base.quads["body"])
        reach = np.linalg.norm(base.vertices[body] - centre, axis=1).min()
        shift, directions = centre - points.mean(0), sphere_directions()
        if side == "r":
            flip = np.array([-1.0, 1.0, 1.0])
            helper, outward, shift, directions = base.mirror[helper], outward * flip, shift * flip, directions * flip
        return cls(helper, directions, float(reach - _LID_GAP), outward, shift)

    def centre(self, base_vertices: np.ndarray) -> np.ndarray:
        """Middle of the eyeball, ``(3,)`` metres."""
        return base_vertices[self.helper].mean(0) + self.shift

    def place(self, base_vertices: np.ndarray) -> np.ndarray:
        """Vertices ``(E, 3)`` for base vertices ``(N, 3)``."""
        return self.centre(base_vertices) + self.radius * self.directions

    def move(self, target: np.ndarray) -> np.ndarray:
        """Offsets ``(E, 3)`` for offsets ``(N, 3)`` of the base vertices: of the centre, and the radius's growth."""
        offsets = target[self.helper]
        middle = offsets.mean(0)
        helper_radius = 0.0154
        growth = np.einsum("ij,ij->i", offsets - middle, self.outward).mean() * self.radius / helper_radius
        return middle + growth * self.directions
