"""Displacement fields on the head: bumps that move skin, windows that scale it."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import anatomy
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HeadMesh


def bump(points: np.ndarray, centre: tuple, radii: tuple) -> np.ndarray:
    """Gaussian window ``(V,)`` about ``centre`` (mm) on ``points (V, 3)`` (mm)."""
    return np.exp(-0.5 * (((points - np.array(centre)) / np.array(radii)) ** 2).sum(1))


def both_sides(points: np.ndarray, centre: tuple, radii: tuple) -> np.ndarray:
    """The window on both sides of the face; next to the midline they do not add up beyond one."""
    left = bump(points, centre, radii)
    right = bump(points * [-1.0, 1.0, 1.0], centre, radii)
    return np.maximum(left, right) if centre[0] == 0 else left + right - left * right


def move(points: np.ndarray, centre: tuple, radii: tuple, pull: tuple) -> np.ndarray:
    """Symmetric movement ``(V, 3)``: ``pull`` is that of the person's left side."""
    left = bump(points, centre, radii)[:, None] * np.array(pull, float)
    if centre[0] == 0:
        across = np.array([0.0, 1.0, 1.0])
        sideways = np.tanh(points[:, :1] / 8.0) * np.array([[1.0, 0.0, 0.0]])
        return left * across + left * sideways
    right = bump(points * [-1.0, 1.0, 1.0], centre, radii)[:, None] * np.array(pull, float) * [-1.0, 1.0, 1.0]
    return left + right


def stretch(points: np.ndarray, centre: tuple, radii: tuple, factor: tuple) -> np.ndarray:
    """Scaling ``(V, 3)`` about ``centre`` by ``1 + factor`` inside a window, on both sides."""
    window = both_sides(points, centre, radii)[:, None]
    fold = np.where(points[:, :1] < 0, -1.0, 1.0) if centre[0] else np.ones((len(points), 1))
    local = points * np.concatenate([fold, np.ones((len(points), 2))], axis=1) - np.array(centre)
    scaled = local * np.array(factor, float)
    scaled[:, :1] *= fold
    return window * scaled


def settle_eyeballs(mesh: HeadMesh, field: np.ndarray, at_centre: np.ndarray) -> np.ndarray:
    """Let each eyeball move as one with the field at its centre; ``at_centre (2, 3)`` is left, right.

    The wall of the socket, which closes the gap between lids and eyeball, passes from the one to the other.
    """
    behind = mesh.part("lid_rim") * smoothstep(mesh.follow, 1.0, 0.4)
    for row, sign in enumerate((1.0, -1.0)):
        side = sign * mesh.vertices[:, 0] > 0
        share = (side * np.where(mesh.part("eyeball"), 1.0, behind))[:, None]
        field = field + share * (at_centre[row] - field)
    return field


def eye_centres() -> np.ndarray:
    """Centres of the left and the right eyeball, ``(2, 3)`` mm."""
    return np.stack([anatomy.EYE_CENTRE, anatomy.mirrored(anatomy.EYE_CENTRE)]) * 1000.0
