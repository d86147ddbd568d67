"""The auricle: its back, helix, scapha, antihelix, tragus, lobe and the bowl of the concha."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import features
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HalfMesh, fan, strip
from aucgan.heads.procedural.skin import ear_plane_to_side

_LEAN, _FLARE = np.radians(12.0), np.radians(21.0)  # backward, and away from the head
# Rings from the back inward: share of the outline, height (mm) everywhere, more on the helix, the tragus, the lobe.
_RINGS = (
    (0.97, -2.8, 0.0, 0.0, 0.6),
    (1.0, -0.6, 0.3, 1.2, 0.3),
    (0.955, 0.5, 0.7, 2.4, 0.2),
    (0.88, 0.1, 0.2, 1.2, 0.8),
    (0.77, -0.3, -1.5, -1.5, 1.0),
    (0.60, 0.2, 1.0, -4.0, 0.0),
    (0.42, -1.4, 0.0, -5.0, 0.2),
    (0.30, -6.0, 0.0, -1.0, 0.0),
    (0.14, -8.5, 0.0, 0.0, 0.0),
)
_CANAL = (10.0, 1.0, -10.0)  # back, up, out


def _axes() -> np.ndarray:
    """Unit directions back, up and out of the plane of the left ear, ``(3, 3)``."""
    up = np.array([0.06, np.cos(_LEAN), -np.sin(_LEAN)])
    back = np.array([np.sin(_FLARE), -np.sin(_LEAN) * np.cos(_FLARE), -np.cos(_FLARE) * np.cos(_LEAN)])
    out = np.cross(back, up)
    axes = np.stack([back, up, out * np.sign(out[0])])
    return axes / np.linalg.norm(axes, axis=1, keepdims=True)


def _zones() -> np.ndarray:
    """How far each point of the outline belongs to the helix, the tragus and the lobe, ``(3, 30)``."""
    back, up = features.ear_outline().T
    helix = smoothstep(back, 0.0, 8.0) * smoothstep(up, -24.0, -10.0)
    tragus = smoothstep(back, 5.0, 0.0) * smoothstep(np.abs(up + 2), 14.0, 4.0)
    return np.stack([helix, tragus, smoothstep(up, -12.0, -22.0)])


def _rings(foot: np.ndarray) -> tuple[list[np.ndarray], np.ndarray]:
    """The rings of the ear and its canal, placed on the ``foot (30, 3)`` where it grows out of the head."""
    z, y = ear_plane_to_side(np.zeros((1, 2)))[0]
    origin, axes, zones = np.array([foot[:, 0].max() + 0.8, y, z]), _axes(), _zones()
    rings = []
    for share, base, *extra in _RINGS:
        height = base + np.array(extra) @ zones
        rings.append(origin + np.column_stack([features.ear_outline(share), height]) @ axes)
    front = smoothstep(features.ear_outline()[:, 0], 12.0, 2.0)[:, None]
    rings[0] += 0.5 * front * (foot - rings[0])
    return rings, origin + np.array(_CANAL) @ axes


def add_ear(mesh: HalfMesh, hole: np.ndarray, foot: np.ndarray, hole_uv: np.ndarray) -> None:
    """The left ear on the open loop ``hole`` of the skin, whose points are ``foot (30, 3)``."""
    rings, canal = _rings(foot)
    last = last_uv = hole  # skin vertices and their texture coordinates share indices
    middle = hole_uv.mean(0)
    for k, ring in enumerate(rings):
        points, texture = mesh.add_points(ring, "ear"), mesh.add_uvs(middle + (0.9 - 0.095 * k) * (hole_uv - middle))
        mesh.add_faces(strip(points, last, closed=True), strip(texture, last_uv, closed=True))
        last, last_uv = points, texture
    centre, texture = mesh.add_points(canal[None], "ear"), mesh.add_uvs(middle[None])
    mesh.add_faces(fan(last[::-1], centre[0]), fan(last_uv[::-1], texture[0]))
