"""Rims of the eyelids, the wall of the socket behind them, and the eyeballs."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import anatomy, features
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HalfMesh, fan, strip

_CENTRE, _RADIUS = anatomy.EYE_CENTRE * 1000.0, anatomy.EYE_RADIUS * 1000.0
_ISLAND, _ISLAND_RADIUS = np.array([0.948, 0.946]), 0.046  # of the eyeball in the texture
_COUNT = 24  # vertices of a ring
_ANGLES = np.radians([9.5, 20.0, 28.7, 40.0, 56.0, 76.0, 100.0, 125.0, 152.0])  # 28.7° is the limbus
_CORNEA_MM = 0.6
_LID_MM = 2.0  # thickness of the lids
_OPENING = np.array([31.6, 29.8])  # middle of the opening


def _rim_rings() -> tuple[np.ndarray, ...]:
    """Back edge of the lids, a ring half way, and one inside the eyeball that closes the socket."""
    margin = features.eye_margin()
    offset = margin[:, :2] - _CENTRE[:2]
    inward = offset / np.linalg.norm(offset, axis=1, keepdims=True)
    equator = np.column_stack([_CENTRE[:2] + inward * (_RADIUS - 0.45), np.full(len(margin), _CENTRE[2] - 1.0)])
    flat = _OPENING + 0.975 * (margin[:, :2] - _OPENING)
    reach = np.linalg.norm(flat - _CENTRE[:2], axis=1)
    ball = _CENTRE[2] + np.sqrt(np.maximum((_RADIUS + 0.25) ** 2 - reach**2, 0.0))
    deep = margin[:, 2] - _LID_MM
    rim = np.column_stack([flat, np.minimum(np.where(reach < _RADIUS, ball, deep), deep + 1.2)])
    middle = 0.5 * (rim + equator) - _CENTRE
    middle *= np.maximum(1.0, (_RADIUS + 0.2) / np.linalg.norm(middle, axis=1, keepdims=True))
    return rim, _CENTRE + middle, equator


def add_lid_rims(mesh: HalfMesh, hole: np.ndarray, hole_uv: np.ndarray) -> None:
    """Thickness of the lids and the wall of the socket, behind the open loop ``hole`` of the skin."""
    last = last_uv = hole  # skin vertices and their texture coordinates share indices
    for ring, shrink, share in zip(_rim_rings(), (0.8, 0.55, 0.3), (1.0, 0.9, 0.3), strict=True):
        points = mesh.add_points(ring, "lid_rim")
        texture = mesh.add_uvs(hole_uv.mean(0) + shrink * (hole_uv - hole_uv.mean(0)))
        mesh.lead(points, hole, share)
        mesh.add_faces(strip(points, last, closed=True), strip(texture, last_uv, closed=True))
        last, last_uv = points, texture


def add_eyeball(mesh: HalfMesh) -> None:
    """The left eyeball: rings about the line of sight, so that iris and pupil have their own."""
    turn = np.linspace(0, 2 * np.pi, _COUNT, endpoint=False)
    circle = np.stack([np.cos(turn), np.sin(turn)], axis=1)
    radius = _RADIUS + _CORNEA_MM * smoothstep(_ANGLES, np.radians(30.0), 0.0)
    flat = (radius * np.sin(_ANGLES))[:, None, None] * circle
    depth = np.broadcast_to((radius * np.cos(_ANGLES))[:, None, None], (*flat.shape[:2], 1))
    rings = _CENTRE + np.concatenate([flat, depth], axis=-1)
    points = mesh.add_points(rings.reshape(-1, 3), "eyeball").reshape(-1, _COUNT)
    spread = _ISLAND + _ISLAND_RADIUS * (_ANGLES / np.pi)[:, None, None] * circle
    texture = mesh.add_uvs(spread.reshape(-1, 2)).reshape(-1, _COUNT)
    for k in range(len(points) - 1):
        mesh.add_faces(strip(points[k + 1], points[k], closed=True), strip(texture[k + 1], texture[k], closed=True))
    _close_poles(mesh, points, texture, circle)


def _close_poles(mesh: HalfMesh, points: np.ndarray, texture: np.ndarray, circle: np.ndarray) -> None:
    """The pupil's middle, and the back of the eyeball, which is the rim of its texture."""
    poles = _CENTRE + np.array([[0, 0, _RADIUS + _CORNEA_MM], [0, 0, -_RADIUS]])
    front, back = mesh.add_points(poles, "eyeball")
    middle = mesh.add_uvs(_ISLAND[None])[0]
    rim = mesh.add_uvs(_ISLAND + _ISLAND_RADIUS * circle)
    mesh.add_faces(fan(points[0], front), fan(texture[0], middle))
    last, last_uv = points[-1], texture[-1]
    faces = np.stack([last, np.full(_COUNT, back), np.roll(last, -1)], axis=1)
    mesh.add_faces(faces, np.stack([last_uv, rim, np.roll(last_uv, -1)], axis=1))
