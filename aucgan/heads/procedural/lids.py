"""How the eyelids slide over the eyeball."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import anatomy, features
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HeadMesh

_MM = 1000.0
_LID_RADIUS = anatomy.EYE_RADIUS * _MM + 2.9
_CLEARANCE = 2.3  # mm of lid in front of the eyeball
_MEET = 0.24  # share of the opening, from below, where closed lids meet


def _height(x: np.ndarray, curve: np.ndarray) -> np.ndarray:
    order = np.argsort(curve[:, 0])
    return np.interp(x, curve[order, 0], curve[order, 1])


def _ball_depth(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Depth of a sphere about the eyeball on which the lids slide; beyond it, it falls off gently."""
    centre = anatomy.EYE_CENTRE * _MM
    away = np.hypot(x - centre[0], y - centre[1]) / _LID_RADIUS
    return centre[2] + _LID_RADIUS * np.sqrt(np.maximum(1.0 - np.minimum(away, 0.97) ** 2, 0.0))


def _lid_heights(x: np.ndarray, loop: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Heights of the upper and the lower half of a loop round the eye at the positions ``x``."""
    half = features.EYE_COUNT // 2 + 1
    return _height(x, loop[:half]), _height(x, np.concatenate([loop[half - 1 :], loop[:1]]))


def lid_movement(mesh: HeadMesh, upper: float, lower: float, close: float = 0.0) -> np.ndarray:
    """Movement ``(V, 3)`` mm of the left eye's lids.

    Args:
        mesh: The head.
        upper: Rise of the upper lid at its middle, in mm.
        lower: Rise of the lower lid at its middle, in mm.
        close: Share of a full closure, added to both.
    """
    points = mesh.vertices * _MM
    x, y, z = points.T
    margin, crease = features.eye_margin(), features.eye_ring(1.0)
    top, bottom = _lid_heights(x, margin)
    far_top, far_bottom = _lid_heights(x, crease)
    across = (x - margin[:, 0].min()) / np.ptp(margin[:, 0])
    within = np.sin(np.pi * np.clip(across, 0.0, 1.0)) ** 0.8
    above = y >= 0.5 * (top + bottom)
    from_top, from_bottom = (
        (y - top) / np.maximum(far_top - top, 1.0),
        (bottom - y) / np.maximum(bottom - far_bottom, 1.0),
    )
    skin = mesh.part("skin") & (x > 8) & (x < 58) & (z > 25) & (np.abs(y - 30) < 25)
    reach = skin * smoothstep(np.where(above, from_top, from_bottom), 1.55 if upper >= 0 else 1.35, 0.0)
    gap = close * (top - bottom)
    slide = reach * np.where(above, upper * within - (1 - _MEET) * gap, lower * within + _MEET * gap)
    depth = (_ball_depth(x, y + slide) - _ball_depth(x, y)) * reach * smoothstep(np.abs(slide), 0.0, 1.0)
    if close:
        clear = np.maximum(depth, _clear_ball(x, y + slide) - z) * reach
        depth = np.where(within > 0, clear, depth)
    return np.stack([np.zeros_like(x), slide, depth], axis=1)


def _clear_ball(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    centre, radius = anatomy.EYE_CENTRE * _MM, anatomy.EYE_RADIUS * _MM + _CLEARANCE
    inside = radius**2 - (x - centre[0]) ** 2 - (y - centre[1]) ** 2
    return np.where(inside > 0, centre[2] + np.sqrt(np.maximum(inside, 0.0)), -1e3)
