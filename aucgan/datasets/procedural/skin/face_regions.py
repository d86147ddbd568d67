"""Soft masks of the parts of a face, as functions of the position on the template head."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
from scipy.spatial import cKDTree

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.reference.curves import resampled

MM = 0.001
HAIR_BORDER_SIDE = np.array(
    [(-120, -70), (-75, -66), (-58, -50), (-42, -18), (-32, 20), (-22, 38), (-9, 22), (-4, 0), (3, 2), (9, 30)]
)
"""Lower border of the hair from the nape over the ear to the sideburn: (z, y) in mm, seen from the side."""


def soft_step(value: np.ndarray, edge: float) -> np.ndarray:
    """Smooth rise from 0 to 1 as ``value`` goes from ``-edge`` to ``+edge``."""
    t = np.clip(0.5 + 0.5 * value / edge, 0.0, 1.0)
    return t * t * (3.0 - 2.0 * t)


def polygon_distance(xy: np.ndarray, polygon: np.ndarray) -> np.ndarray:
    """Signed distance of points ``(N, 2)`` to a closed polygon ``(n, 2)``, positive inside."""
    closed = np.concatenate([polygon, polygon[:1]])
    dense = np.concatenate([np.linspace(a, b, 24, endpoint=False) for a, b in zip(closed, closed[1:], strict=False)])
    distance, _ = cKDTree(dense).query(xy)
    inside = np.zeros(len(xy), dtype=bool)
    for (x0, y0), (x1, y1) in zip(closed, closed[1:], strict=False):
        if y0 != y1:
            crosses = (y0 > xy[:, 1]) != (y1 > xy[:, 1])
            inside ^= crosses & (xy[:, 0] < x0 + (xy[:, 1] - y0) / (y1 - y0) * (x1 - x0))
    return np.where(inside, distance, -distance)


@dataclass
class FaceRegions:
    """Masks over a cloud of skin points of the template, both halves of the face treated alike.

    Attributes:
        position: ``(N, 3)`` metres.
        folded: The same with x made positive, so that both halves fall together.
    """

    position: np.ndarray
    folded: np.ndarray = field(init=False)

    def __post_init__(self) -> None:
        self.folded = self.position.copy()
        self.folded[:, 0] = np.abs(self.folded[:, 0])

    @property
    def front(self) -> np.ndarray:
        """1 on the front of the head, 0 behind the temples."""
        return soft_step(self.position[:, 2] - 0.012, 0.012)

    def blob(self, centre: tuple[float, float], radii: tuple[float, float], side: int = 0) -> np.ndarray:
        """Gaussian patch on the front, millimetres; on both sides, or on one (``side`` ±1)."""
        points = self.folded if side == 0 else self.position * np.array([side, 1.0, 1.0])
        offset = (points[:, :2] - np.array(centre) * MM) / (np.array(radii) * MM)
        return np.exp(-0.5 * (offset**2).sum(1)) * self.front

    def along(self, curve: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Position along a curve in [0, 1], signed height over it and distance from it in x and y, metres."""
        dense = resampled(curve[:, :2])
        distance, nearest = cKDTree(dense).query(self.folded[:, :2])
        offset = self.folded[:, :2] - dense[nearest]
        tangent = np.gradient(dense, axis=0)[nearest]
        tangent /= np.linalg.norm(tangent, axis=1, keepdims=True)
        height = tangent[:, 0] * offset[:, 1] - tangent[:, 1] * offset[:, 0]
        return nearest / (len(dense) - 1), height, distance

    def line(self, curve: np.ndarray, width: float, fade: float = 0.1) -> np.ndarray:
        """Soft line of ``width`` mm along a curve, fading out over the share ``fade`` of its length at both ends."""
        along, _, distance = self.along(curve)
        ends = soft_step(along - fade / 2, fade / 2 + 1e-6) * soft_step(1 - fade / 2 - along, fade / 2 + 1e-6)
        return np.exp(-0.5 * (distance / (width * MM)) ** 2) * (0.25 + 0.75 * ends) * self.front

    def lips(self, grow: float = 0.0) -> np.ndarray:
        """The vermilion of both lips with everything between them; ``grow`` mm larger."""
        upper, lower = anatomy.UPPER_LIP_OUTER, anatomy.LOWER_LIP_OUTER
        right = np.concatenate([upper[-2::-1], lower[1:]])
        polygon = np.concatenate([upper, anatomy.mirrored(right), lower[-2:0:-1]])[:, :2]
        distance = polygon_distance(self.position[:, :2], polygon)
        return soft_step(distance + grow * MM, 0.9 * MM) * self.front

    def brow(self, up: float = 0.0, tilt: float = 0.0, thicker: float = 0.0, longer: float = 0.0) -> np.ndarray:
        """Density of the eyebrow; ``up``, ``tilt`` of the tail and ``thicker`` in mm, ``longer`` in 4 mm."""
        curve = anatomy.BROW[:, :2].copy()
        curve[:, 1] += (up + tilt * np.linspace(-0.5, 0.5, len(curve))) * MM
        along, height, _ = self.along(curve)
        half = np.interp(along, np.linspace(0, 1, len(curve)), anatomy.BROW_HALF_HEIGHT) + thicker * MM
        body = soft_step(half - np.abs(height), 1.3 * MM)
        offset = self.folded[:, 0] - (curve[0, 0] - longer * 4.0 * MM)
        tail = curve[-1, 0] + (1.0 + longer * 4.0) * MM - self.folded[:, 0]
        return body * soft_step(offset, 3.0 * MM) * soft_step(tail, 4.0 * MM) * self.front

    def hair(self, recede: float = 0.0) -> np.ndarray:
        """Hair-covered skin: above the hairline and over the ears; the front border ``recede`` mm higher."""
        line = anatomy.HAIRLINE[::-1]
        z = np.concatenate([HAIR_BORDER_SIDE[:, 0] * MM, line[:, 2], [0.09]])
        y = np.concatenate([HAIR_BORDER_SIDE[:, 1] * MM, line[:, 1] + recede * MM, [line[-1, 1] + recede * MM]])
        order = np.argsort(z)
        border = np.interp(self.position[:, 2], z[order], y[order])
        return soft_step(self.position[:, 1] - border, 6.0 * MM) * (1.0 - self.ears())

    def ears(self) -> np.ndarray:
        """The auricles."""
        offset = (self.folded - anatomy.EAR_CENTRE) / (anatomy.EAR_RADII * np.array([1.3, 1.08, 1.1]))
        outside = self.folded[:, 0] - 0.0715
        return soft_step(1.0 - np.linalg.norm(offset, axis=1), 0.15) * soft_step(outside, 2.0 * MM)

    def beard(self) -> dict[str, np.ndarray]:
        """Where a beard grows: ``cheeks`` with the jaw, ``chin`` and ``moustache``."""
        x, y = self.folded[:, 0], self.position[:, 1]
        upper = np.interp(x, np.array([0, 26, 34, 50, 62, 75]) * MM, np.array([-44, -42, -37, -28, -8, 8]) * MM)
        below = soft_step(upper - y, 7 * MM) * soft_step(y + 0.105, 14 * MM)
        side = soft_step(self.position[:, 2] + 0.012, 10 * MM)
        chin = soft_step(0.030 - x, 9 * MM) * soft_step(-0.0565 - y, 4 * MM)
        lip = soft_step(0.029 - x, 6 * MM) * soft_step(-0.0195 - y, 3.5 * MM) * soft_step(y + 0.047, 4 * MM)
        whole = below * side * (1 - self.ears())
        return {
            "cheeks": whole * soft_step(x - 0.024, 9 * MM),
            "chin": whole * chin,
            "moustache": lip * self.front,
        }
