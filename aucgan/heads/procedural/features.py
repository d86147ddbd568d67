"""Rows of vertices that follow the features: lids, lips, nostrils, ears; seen from the front, left half, mm."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import anatomy
from aucgan.heads.procedural.curves import resample, smoothstep

_MM = 1000.0
EYE_COUNT = 32  # vertices round an eye opening
LIP_COUNT = 13  # vertices from the corner to the middle of a lip
EAR_COUNT = 30
_EYE_OUTER = np.array([
    (15.0, 28.6), (17.2, 31.8), (21.0, 36.0), (26.0, 39.4), (31.5, 40.6), (37.0, 39.8), (42.5, 36.8),
    (47.0, 33.2), (49.2, 30.4), (46.5, 25.8), (43.5, 23.0), (38.0, 20.3), (32.0, 19.2), (26.0, 20.0),
    (20.5, 22.6), (16.8, 25.4),
])  # fmt: skip


def eye_margin() -> np.ndarray:
    """Lid margins as a closed loop: inner canthus, upper lid, outer canthus, lower lid; ``(32, 3)``."""
    half = EYE_COUNT // 2 + 1
    upper = resample(anatomy.UPPER_LID * _MM, half)
    lower = resample(anatomy.LOWER_LID[::-1] * _MM, half)
    return np.concatenate([upper, lower[1:-1]])


def eye_ring(share: float) -> np.ndarray:
    """A loop round the eye: ``share`` 0 is the lid margin, 1 the crease; more lies further out; ``(32, 2)``."""
    half = EYE_COUNT // 2 + 1
    closed = np.concatenate([_EYE_OUTER, _EYE_OUTER[:1]])
    upper, lower = resample(closed[:9], half), resample(closed[8:], half)
    outer = np.concatenate([upper, lower[1:-1]])
    return eye_margin()[:, :2] + share * (outer - eye_margin()[:, :2])


def _lip_row(outer: np.ndarray, inner: np.ndarray, up: float, share: float, opened: float) -> np.ndarray:
    """A row of one lip from the corner to the middle, ``(13, 3)``; ``up`` is 1 for the upper lip, −1 for the lower."""
    border, meet = resample(outer * _MM, LIP_COUNT), resample(inner * _MM, LIP_COUNT)
    along = np.linspace(0, 1, LIP_COUNT)
    if share < 0:
        away = border[:, :2] - np.stack([0.72 * border[:, 0], np.full(LIP_COUNT, meet[0, 1])], axis=1)
        border[:, :2] -= share * 9.0 * away / np.linalg.norm(away, axis=1, keepdims=True)
        return border
    meet[:, 1] += up * opened * np.sin(along * np.pi / 2) ** 0.7
    # next to the corner the rows between keep away from the meeting line, so that its edges stay in the triangulation
    part = share if share in (0.0, 1.0) else share * (0.45 + 0.55 * smoothstep(along, 0.0, 0.35))[:, None]
    row = border + part * (meet - border)
    fullness = np.sin(np.pi * share**0.8) * smoothstep(along, 0.0, 0.55)
    row[:, 2] += fullness * (1.5 if up > 0 else 2.1)
    return row


def lip_rows(share: float, opened: float = 0.0) -> np.ndarray:
    """A row of the lips from the middle of the upper round the corner to the middle of the lower; ``(25, 3)``.

    Args:
        share: 0 is the vermilion border, 1 the line where the lips meet; negative lies on the skin around.
        opened: How far the meeting line of each lip is moved apart, in mm.
    """
    upper = _lip_row(anatomy.UPPER_LIP_OUTER, anatomy.UPPER_LIP_INNER, 1.0, share, opened)
    lower = _lip_row(anatomy.LOWER_LIP_OUTER, anatomy.LOWER_LIP_INNER, -1.0, share, opened)
    corner = 0.5 * (upper[:1] + lower[:1])
    row = np.concatenate([upper[:0:-1], corner, lower[1:]])
    row[[0, -1], 0] = 0.0
    return row


def nostril_ring(share: float, count: int = 12) -> np.ndarray:
    """A loop round the left nostril, ``share`` 1 is its rim; ``(count, 2)``."""
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    a, b = anatomy.NOSTRIL_RADII * _MM * share
    local = np.stack([a * np.cos(angle), b * np.sin(angle)], axis=1)
    tilt = np.radians(-22.0)
    turn = np.array([[np.cos(tilt), -np.sin(tilt)], [np.sin(tilt), np.cos(tilt)]])
    return local @ turn.T + anatomy.NOSTRIL_CENTRE[:2] * _MM


def nose_grid() -> np.ndarray:
    """Points in lines along the ridge and the walls of the nose, ``(N, 2)``."""
    y = np.arange(-1.0, 33.0, 3.1)
    width = np.interp(y, [-1.0, 32.0], [1.0, 0.72])
    lines = [np.stack([share * width, y], axis=1) for share in (3.3, 6.7, 10.2, 14.0)]
    return np.concatenate(lines)


def wing_rows() -> np.ndarray:
    """Points along the wing of the nose and its groove in the cheek, ``(N, 2)``."""
    angle = np.radians(np.linspace(-38.0, 128.0, 9))
    loops = [share * np.stack([6.6 * np.cos(angle), 7.0 * np.sin(angle)], axis=1) for share in (0.62, 0.98, 1.32)]
    points = np.concatenate(loops) + [11.2, -8.8]
    nostril = (points - anatomy.NOSTRIL_CENTRE[:2] * _MM) / (anatomy.NOSTRIL_RADII * _MM * 1.35)
    clear = (np.linalg.norm(nostril, axis=1) > 1.35) & (points[:, 1] < -2.5)
    return points[clear]


_EAR_SIZE = 0.94
_EAR_OUTLINE = np.array([
    (1.0, 9.0), (1.5, 18.0), (4.5, 26.0), (10.5, 31.0), (17.5, 31.5), (24.5, 28.0), (29.0, 20.5), (30.0, 11.0),
    (27.5, 1.0), (22.5, -9.0), (17.0, -18.0), (12.0, -26.0), (6.5, -29.5), (1.5, -27.0), (-1.0, -19.0),
    (-2.0, -9.0), (-2.2, 0.0),
])  # fmt: skip


def ear_outline(share: float = 1.0) -> np.ndarray:
    """Outline of the ear in its own plane (back, up) round its canal; smaller shares lie inside; ``(30, 2)``."""
    loop = _EAR_SIZE * resample(np.concatenate([_EAR_OUTLINE, _EAR_OUTLINE[:1]]), EAR_COUNT + 1)[:-1]
    concha = np.array([10.0, 1.0])
    return concha + share * (loop - concha)


def ear_attachment(margin: float = 0.0) -> np.ndarray:
    """Where the ear grows out of the head, in the same plane coordinates; ``(30, 2)``.

    Args:
        margin: Distance by which the loop lies further out, in mm.
    """
    loop = ear_outline()
    back = smoothstep(loop[:, 0], 2.0, 14.0)
    foot = np.stack([loop[:, 0] * (1 - 0.34 * back), loop[:, 1] * (1 - 0.18 * back) + 1.0 * back], axis=1)
    along = np.roll(foot, -1, axis=0) - np.roll(foot, 1, axis=0)
    outward = np.stack([-along[:, 1], along[:, 0]], axis=1) / np.linalg.norm(along, axis=1, keepdims=True)
    return foot + margin * outward
