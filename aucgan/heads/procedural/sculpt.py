"""The face sculpted onto the bare head: brow, sockets, cheekbones, nose, lids, chin.

Soft relief is a height over the bare surface, seen from the front; nose and lid domes are solids united with it
smoothly, and every skin point is brought to the outside of that union along the line of sight.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.heads.procedural import anatomy, surface
from aucgan.heads.procedural.curves import distance_to_curve, resample, smoothstep

_MM = 1000.0
# centre x, y; radii x, y; height, all mm
_RELIEF = np.array([
    (32.0, 35.0, 15.0, 8.5, -7.5),  # socket
    (19.0, 31.0, 7.0, 8.0, -3.0),  # inner corner of the eye
    (33.0, 53.0, 15.0, 6.0, 2.2),  # brow ridge
    (12.0, 50.0, 9.0, 6.0, 1.2),
    (52.0, 10.0, 10.0, 8.0, 2.6),  # cheekbone
    (37.0, 8.0, 13.0, 10.0, 2.0),
    (0.0, -73.5, 12.0, 8.0, 2.0),  # chin
    (26.0, 74.0, 13.0, 11.0, 1.0),  # frontal eminences
    (62.0, 46.0, 10.0, 16.0, -1.5),  # temple
])  # fmt: skip


def relief(xy: np.ndarray) -> np.ndarray:
    """Height of the soft features over the bare head, ``(N, 2)`` mm → ``(N,)`` mm."""
    offsets = (np.abs(xy[:, None, 0]) - _RELIEF[:, 0], xy[:, None, 1] - _RELIEF[:, 1])
    far = (offsets[0] / _RELIEF[:, 2]) ** 2 + (offsets[1] / _RELIEF[:, 3]) ** 2
    return (np.exp(-0.5 * far) * _RELIEF[:, 4]).sum(1)


@cache
def _anchors() -> tuple[np.ndarray, np.ndarray]:
    """Skin points whose depth is known, and the weights of the kernels that lead the relief through them."""
    named = [anatomy.BROW, anatomy.GLABELLA[None], anatomy.TEAR_TROUGH, anatomy.LID_CREASE[1:-1],
             resample(anatomy.UPPER_LIP_OUTER, 7), resample(anatomy.LOWER_LIP_OUTER, 7), anatomy.PHILTRUM[:2],
             anatomy.SUBNASALE[None], anatomy.MENTOLABIAL_SULCUS[None], anatomy.CHIN[None],
             anatomy.CHEEKBONE[None], anatomy.CHEEK[None], anatomy.NASOLABIAL_FOLD[1:],
             anatomy.MARIONETTE_LINE]  # fmt: skip
    points = np.concatenate(named) * _MM
    points = points[np.unique(np.round(points[:, :2], 1), axis=0, return_index=True)[1]]
    bare = surface.loft(*surface.from_front(points[:, :2]).T)[:, 2]
    residual = points[:, 2] - bare - relief(points[:, :2])
    gram = _kernel(points[:, :2], points[:, :2]) + 0.35 * np.eye(len(points))
    return points[:, :2], np.linalg.solve(gram, residual)


def _kernel(xy: np.ndarray, anchors: np.ndarray) -> np.ndarray:
    def one(side: float) -> np.ndarray:
        gap = xy[:, None] - anchors[None] * np.array([side, 1.0])
        return np.exp(-0.5 * (gap**2).sum(-1) / 9.0**2)

    return one(1.0) + one(-1.0) * (anchors[:, 0] > 1e-6)


def _smooth_union(a: np.ndarray, b: np.ndarray, blend: np.ndarray | float) -> np.ndarray:
    near = np.maximum(blend - np.abs(a - b), 0.0) / blend
    return np.minimum(a, b) - near * near * blend / 4


def _ellipsoid(p: np.ndarray, centre: tuple, radii: tuple) -> np.ndarray:
    q = (p - np.array(centre)) / np.array(radii)
    outer = np.linalg.norm(q, axis=-1)
    inner = np.linalg.norm(q / np.array(radii), axis=-1)
    return outer * (outer - 1.0) / np.maximum(inner, 1e-9)


def _cone(p: np.ndarray, start: tuple, end: tuple) -> np.ndarray:
    """Distance to a bone from ``start`` to ``end``, each (x, y, z, radius)."""
    a, b = np.array(start[:3]), np.array(end[:3])
    part = np.clip(((p - a) @ (b - a)) / ((b - a) @ (b - a)), 0.0, 1.0)
    nearest = a + part[:, None] * (b - a)
    return np.linalg.norm(p - nearest, axis=-1) - (start[3] + part * (end[3] - start[3]))


def _nose(p: np.ndarray) -> np.ndarray:
    bridge = _cone(p, (0.0, 38.0, 57.0, 7.0), (0.0, 12.0, 69.0, 8.0))
    dorsum = _cone(p, (0.0, 12.0, 69.0, 8.0), (0.0, -4.0, 79.3, 8.6))
    tip = _ellipsoid(p, (0.0, -4.8, 79.0), (9.6, 8.2, 9.4))
    wing = _ellipsoid(p, (11.4, -8.8, 67.0), (6.2, 6.4, 9.2))
    wall = _cone(p, (3.0, 30.0, 52.5, 8.0), (6.0, -2.0, 61.5, 11.0))
    columella = _cone(p, (0.0, -8.5, 80.0, 4.2), (0.0, -14.0, 72.5, 4.4))
    nose = _smooth_union(_smooth_union(_smooth_union(bridge, dorsum, 4.0), tip, 5.0), wall, 7.0)
    return _smooth_union(_smooth_union(nose, wing, 4.0), columella, 2.5)


def _outside(p: np.ndarray, skin: np.ndarray) -> np.ndarray:
    """Signed distance (about) of ``p`` to the face whose skin without solids lies at depth ``skin``."""
    face = 0.85 * (p[:, 2] - skin)
    eye = anatomy.EYE_CENTRE * _MM
    dome = np.linalg.norm(p - eye, axis=-1) - (anatomy.EYE_RADIUS * _MM + 1.9)
    blend = 1.6 + 6.4 * smoothstep(p[:, 1], -6.0, 22.0)
    return _smooth_union(_smooth_union(face, dome, 3.0), _nose(p), blend)


def _grooves(xy: np.ndarray) -> np.ndarray:
    """Fine folds, as depth (negative) or ridges (positive) in mm."""
    crease = distance_to_curve(xy, anatomy.LID_CREASE[:, :2] * _MM)
    fold = distance_to_curve(xy, anatomy.NASOLABIAL_FOLD[:4, :2] * _MM)
    ridge = distance_to_curve(xy, anatomy.PHILTRUM[:, :2] * _MM)
    inside = smoothstep(xy[:, 1], -36.0, -28.0) * smoothstep(xy[:, 1], -16.0, -20.0)
    pit = np.exp(-0.5 * (xy[:, 0] / 2.8) ** 2) * inside
    return -1.3 * np.exp(-0.5 * (crease / 1.6) ** 2) - 0.5 * np.exp(-0.5 * (fold / 3.0) ** 2) + (
        0.35 * np.exp(-0.5 * (ridge / 2.2) ** 2) - 0.7 * pit
    )  # fmt: skip


def sculpt(bare: np.ndarray, facing: np.ndarray) -> np.ndarray:
    """Sculpted skin for points of the bare left half head.

    Args:
        bare: Points of the bare surface, ``(N, 3)`` mm, x ≥ 0.
        facing: z of the bare surface's unit normal, ``(N,)``: relief fades where it looks away from the front.
    """
    xy = bare[:, :2]
    anchors, weights = _anchors()
    front = smoothstep(facing, 0.02, 0.35) * (bare[:, 2] > -10)
    skin = bare[:, 2] + front * (relief(xy) + _kernel(xy, anchors) @ weights)
    central = (front > 0.5) & (xy[:, 0] < 52) & (xy[:, 1] > -40) & (xy[:, 1] < 60)
    out = bare.copy()
    out[:, 2] = skin
    ray, depth = bare[central].copy(), skin[central]
    ray[:, 2] = 105.0
    for _ in range(90):
        ray[:, 2] -= 0.8 * np.maximum(_outside(ray, depth), 0.0)
    out[central, 2] = np.maximum(ray[:, 2], depth)
    out[:, 2] += front * _grooves(xy)
    return out
