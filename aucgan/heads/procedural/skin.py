"""Triangulation of the left half's skin: feature rows, graded fill, the midline and the seam at the back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.interpolate import LinearNDInterpolator
from scipy.spatial import Delaunay, cKDTree

from aucgan.heads.procedural import anatomy, domain, features, surface
from aucgan.heads.procedural.curves import cross_2d, smoothstep

_MM = 1000.0
_RELAXATIONS = 60
_SAMPLES = 60_000
_CROWN_MM = 14.0
LIP_OPENING = 1.3  # mm by which the lips are parted in the flat domain only


@dataclass(frozen=True)
class Skin:
    """The triangulated skin of the left half.

    Attributes:
        plane: Domain coordinates, ``(N, 2)`` mm.
        st: Surface coordinates, ``(N, 2)``.
        faces: ``(M, 3)``.
        rows: Vertex indices of named feature rows.
    """

    plane: np.ndarray
    st: np.ndarray
    faces: np.ndarray
    rows: dict[str, np.ndarray]


def spacing(points: np.ndarray) -> np.ndarray:
    """Wanted edge length at bare surface points ``(N, 3)``, in mm."""
    x, y, z = points.T
    general = 5.2 + 9.0 * smoothstep(z, 25.0, -70.0) + 3.0 * smoothstep(y, 62.0, 100.0)
    general += 6.0 * smoothstep(y, -88.0, -115.0)
    size = general
    focuses = (
        (31.5, 31.0, 19.0, 14.0, 2.6),
        (0.0, -43.0, 29.0, 15.0, 2.6),
        (6.0, -8.0, 15.0, 14.0, 2.1),
        (5.0, -14.5, 8.0, 5.0, 1.7),
    )
    for cx, cy, rx, ry, fine in focuses:
        reach = np.hypot((x - cx) / rx, (y - cy) / ry)
        near = fine + 3.2 * np.maximum(reach - 1.0, 0.0)
        size = np.where(z > 10, np.minimum(size, near), size)
    ear = np.linalg.norm((points - anatomy.EAR_CENTRE * _MM) / [25.0, 32.0, 22.0], axis=1)
    return np.minimum(size, 5.0 + 6.0 * np.maximum(ear - 1.0, 0.0))


def _from_front(xy: np.ndarray) -> np.ndarray:
    return domain.to_domain(surface.from_front(xy))


def _from_side(back_up: np.ndarray) -> np.ndarray:
    """Domain coordinates of points on the side of the head given as (z, y)."""
    s, t, points = surface.table()
    rows, columns = slice(80, 260), slice(70, 130)
    tt, ss = np.meshgrid(t[rows], s[columns], indexing="ij")
    inverse = LinearNDInterpolator(
        points[rows, columns][..., [2, 1]].reshape(-1, 2), np.stack([ss.ravel(), tt.ravel()], axis=1)
    )
    return domain.to_domain(inverse(back_up))


def ear_plane_to_side(back_up: np.ndarray) -> np.ndarray:
    """Ear plane coordinates (back, up) → (z, y) on the side of the head, mm."""
    lean = np.radians(12.0)
    back = back_up[:, 0] * np.cos(lean) + back_up[:, 1] * np.sin(lean)
    up = back_up[:, 1] * np.cos(lean) - back_up[:, 0] * np.sin(lean)
    return np.stack([-1.0 - back * 0.9, 9.0 + up], axis=1)


def _feature_rows() -> dict[str, np.ndarray]:
    rows = {"eye_hole": _from_front(features.eye_margin()[:, :2])}
    for k, share in enumerate((0.3, 0.62, 1.0, 1.42, 1.95)):
        rows[f"eye_{k}"] = _from_front(features.eye_ring(share))
    rows["lip_hole"] = _from_front(features.lip_rows(1.0, LIP_OPENING)[:, :2])
    for k, share in enumerate((-0.28, 0.0, 0.33, 0.68)):
        rows[f"lip_{k}"] = _from_front(features.lip_rows(share, LIP_OPENING * max(share, 0))[:, :2])
    for k, share in enumerate((1.35, 1.0, 0.6)):
        rows[f"nostril_{k}"] = _from_front(features.nostril_ring(share))
    rows["nose"] = _from_front(features.nose_grid())
    rows["wing"] = _from_front(features.wing_rows())
    rows["nostril_tip"] = _from_front(anatomy.NOSTRIL_CENTRE[None, :2] * _MM)
    rows["ear_0"] = _from_side(ear_plane_to_side(features.ear_attachment(2.6)))
    rows["ear_hole"] = _from_side(ear_plane_to_side(features.ear_attachment()))
    return rows


def _walk(path: np.ndarray) -> np.ndarray:
    """Points along a dense domain path at the wanted spacing, both ends included."""
    size = spacing(surface.loft(*domain.from_domain(path).T))
    step = np.linalg.norm(np.diff(path, axis=0), axis=1)
    pace = np.concatenate([[0.0], np.cumsum(step / (0.5 * (size[1:] + size[:-1])))])
    where = np.linspace(0, pace[-1], round(pace[-1]) + 1)
    return np.stack([np.interp(where, pace, axis) for axis in path.T], axis=1)


def _borders(rows: dict[str, np.ndarray]) -> np.ndarray:
    """Midline, seam and neck edge, without the midline points too close to a feature row."""
    down = np.linspace(0.0, domain.height(), 1200)
    width = domain.row_width(down)
    middle = _walk(np.stack([np.zeros_like(down), down], axis=1))[1:]  # no vertex at the crown: the two halves meet
    lips = [row[row[:, 0] < 1e-6] for name, row in rows.items() if name.startswith("lip")]
    fixed = np.concatenate(lips)
    mouth = np.sort(np.concatenate([rows["lip_hole"][[0, -1], 1]]))
    distance = np.abs(middle[:, None, 1] - fixed[None, :, 1]).min(1)
    free = (distance > 1.6) & ~((middle[:, 1] > mouth[0]) & (middle[:, 1] < mouth[1]))
    seam = _walk(np.stack([width, down], axis=1)[18:])
    across = np.linspace(0.0, width[-1], 400)
    neck = _walk(np.stack([across, np.full_like(across, down[-1])], axis=1))
    return np.concatenate([middle[free], seam[:-1], neck[1:]])


def _inside(points: np.ndarray, loop: np.ndarray) -> np.ndarray:
    """Even-odd test of ``points (N, 2)`` against a closed polygon."""
    ahead = np.roll(loop, -1, axis=0)
    inside = np.zeros(len(points), dtype=bool)
    for (x0, y0), (x1, y1) in zip(loop, ahead, strict=True):
        crosses = (y0 > points[:, 1]) != (y1 > points[:, 1])
        slope = (x1 - x0) * (points[:, 1] - y0) / (y1 - y0 + 1e-300) + x0
        inside ^= crosses & (points[:, 0] < slope)
    return inside


def _in_hole(points: np.ndarray, rows: dict[str, np.ndarray]) -> np.ndarray:
    """Inside the eye, the mouth or the ear's foot."""
    return np.any([_inside(points, rows[name]) for name in ("eye_hole", "lip_hole", "ear_hole")], axis=0)


def _fill(fixed: np.ndarray, rows: dict[str, np.ndarray]) -> np.ndarray:
    """Free points graded by :func:`spacing`: a weighted centroidal tessellation with the fixed points."""
    rng = np.random.default_rng(7)
    high, wide = domain.height(), domain.row_width(np.linspace(0, domain.height(), 300)).max()
    samples = rng.random((_SAMPLES, 2)) * [wide, high]
    samples = samples[(samples[:, 0] < domain.row_width(samples[:, 1])) & ~_in_hole(samples, rows)]
    size = spacing(surface.loft(*domain.from_domain(samples).T))
    area = wide * high / _SAMPLES
    near = cKDTree(fixed).query(samples)[0] / size
    chance = np.where(near > 0.75, size**-2.0, 0.0)
    count = int(round(area * (chance / 0.866).sum() * 0.95))
    points = samples[rng.choice(len(samples), count, replace=False, p=chance / chance.sum())]
    weight = size**-4.0
    for _ in range(_RELAXATIONS):
        owner = cKDTree(np.concatenate([points, fixed])).query(samples)[1]
        mass = np.bincount(owner, weight, minlength=count + len(fixed))[:count]
        moved = np.stack(
            [np.bincount(owner, weight * axis, minlength=count + len(fixed))[:count] for axis in samples.T], axis=1
        )
        points = np.where(mass[:, None] > 0, moved / np.maximum(mass, 1e-300)[:, None], points)
        points = np.round(points, 6)  # the last bits of the arithmetic must not steer the triangulation
    near = cKDTree(fixed).query(points)[0] / spacing(surface.loft(*domain.from_domain(points).T))
    below_crown = points[:, 1] > _CROWN_MM  # so that the first vertices of midline and seam are joined by an edge
    return points[(near > 0.45) & below_crown & ~_in_hole(points, rows)]


def triangulate() -> Skin:
    """Build the skin of the left half."""
    rows = _feature_rows()
    named, index, start = [], {}, 0
    for name, row in rows.items():
        named.append(row)
        index[name] = np.arange(start, start + len(row))
        start += len(row)
    fixed = np.concatenate([*named, _borders(rows)])
    plane = np.concatenate([fixed, _fill(fixed, rows)])
    faces = Delaunay(plane).simplices
    corners = plane[faces]
    centre = corners.mean(1)
    turn = cross_2d(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    within = centre[:, 0] < domain.row_width(centre[:, 1]) - 0.05
    keep = (np.abs(turn) > 1e-3) & within & ~_in_hole(centre, rows)
    faces = np.where(turn[:, None] > 0, faces[:, ::-1], faces)[keep]  # the domain runs down: turn to face out
    return Skin(plane, domain.from_domain(plane), faces, index)
