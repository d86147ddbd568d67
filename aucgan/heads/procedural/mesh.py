"""The template: skin sculpted, parts attached, mirrored."""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.heads.procedural import domain, ears, eyes, features, mouth, surface
from aucgan.heads.procedural.curves import smoothstep
from aucgan.heads.procedural.half_mesh import HalfMesh, HeadMesh
from aucgan.heads.procedural.sculpt import sculpt
from aucgan.heads.procedural.skin import Skin, triangulate

_STEP = 0.02  # of s and t, for tangents of the bare surface


def _facing(st: np.ndarray) -> np.ndarray:
    """Depth component of the bare surface's outward unit normal."""
    s, t = st.T
    along_s = surface.loft(np.minimum(s + _STEP, 8), t) - surface.loft(np.maximum(s - _STEP, 0), t)
    along_t = surface.loft(s, np.minimum(t + _STEP, 17)) - surface.loft(s, np.maximum(t - _STEP, 0))
    normal = np.cross(along_t, along_s)
    return normal[:, 2] / np.maximum(np.linalg.norm(normal, axis=1), 1e-9)


def _shape_lids(points: np.ndarray, skin: Skin) -> None:
    margin = features.eye_margin()
    points[skin.rows["eye_hole"]] = margin
    for name, share in (("eye_0", 0.3), ("eye_1", 0.62)):
        row = skin.rows[name]
        blend = smoothstep(share, 0.0, 1.0)
        points[row, 2] = (1 - blend) * (margin[:, 2] + 0.5) + blend * points[row, 2]


def _shape_lips(points: np.ndarray, skin: Skin) -> None:
    for name, share in (("lip_1", 0.0), ("lip_2", 0.33), ("lip_3", 0.68), ("lip_hole", 1.0)):
        points[skin.rows[name]] = features.lip_rows(share)


def _shape_nostrils(points: np.ndarray, skin: Skin) -> None:
    points[skin.rows["nostril_2"]] += [0.0, 1.6, 0.6]
    points[skin.rows["nostril_tip"]] += [0.3, 3.6, 1.6]


def _smooth(points: np.ndarray, faces: np.ndarray, free: np.ndarray, rounds: int, pull: float) -> np.ndarray:
    """Laplacian polish of the free vertices, along the midline only within it."""
    edges = np.unique(np.sort(np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]]), axis=1), axis=0)
    middle = points[:, 0] < 1e-9
    # a midline vertex has the mirror images of its neighbours as neighbours too
    heads, tails = np.r_[edges[:, 0], edges[:, 1]], np.r_[edges[:, 1], edges[:, 0]]
    share = np.where(middle[heads] & ~middle[tails], 2.0, 1.0)
    degree = np.bincount(heads, share, minlength=len(points))[:, None]
    for _ in range(rounds):
        total = np.zeros_like(points)
        np.add.at(total, heads, share[:, None] * points[tails])
        points = points + pull * free[:, None] * (total / np.maximum(degree, 1) - points)
        points[middle, 0] = 0.0
    return points


def _polish(points: np.ndarray, skin: Skin) -> np.ndarray:
    """Take the facets out of the face and the creases out of the corners of the mouth."""
    held = np.concatenate([skin.rows[name] for name in ("eye_hole", "lip_hole", "ear_hole", "lip_1", "lip_2", "lip_3")])
    free = np.ones(len(points))
    free[skin.st[:, 1] > 16.99] = 0.0
    free[held] = 0.0
    face = free * (np.abs(points[:, 1] - 30.0) > 7.0) + free * 0.3
    face[np.concatenate([skin.rows[f"nostril_{k}"] for k in range(3)] + [skin.rows["wing"]])] *= 0.2
    points = _smooth(points, skin.faces, np.clip(face, 0, 1), rounds=3, pull=0.3)
    corner = np.exp(-0.5 * (np.hypot(points[:, 0] - 26.5, points[:, 1] + 42.8) / 3.5) ** 2) * (points[:, 2] > 30)
    for name in ("lip_hole", "lip_2", "lip_3"):
        corner[skin.rows[name]] = 0.0
    return _smooth(points, skin.faces, corner, rounds=4, pull=0.5)


@cache
def head_mesh() -> HeadMesh:
    """Build the mean head's mesh (about four seconds; cached)."""
    skin = triangulate()
    bare = surface.loft(*skin.st.T)
    points = sculpt(bare, _facing(skin.st))
    _shape_lids(points, skin)
    _shape_lips(points, skin)
    _shape_nostrils(points, skin)
    on_middle = (skin.plane[:, 0] < 1e-6) | (skin.st[:, 0] > 7.999)
    points[on_middle, 0] = 0.0
    points = _polish(points, skin)
    uv = domain.to_chart(skin.plane)
    uv[skin.plane[:, 0] < 1e-6, 0] = 0.5
    mesh = HalfMesh()
    labels = np.full(len(points), "skin", dtype=object)
    for name in ("lip_2", "lip_3", "lip_hole"):
        half = len(skin.rows[name]) // 2
        labels[skin.rows[name][: half + 1]] = "lip_upper"
        labels[skin.rows[name][half:]] = "lip_lower"
    mesh.add_points(points, labels.tolist(), skin.st)
    mesh.add_uvs(uv)
    mesh.add_faces(skin.faces, skin.faces)
    eye, lips, ear = (skin.rows[name] for name in ("eye_hole", "lip_hole", "ear_hole"))
    eyes.add_lid_rims(mesh, eye, uv[eye])
    mouth.add_bag(mesh, lips)
    ears.add_ear(mesh, ear, points[ear], uv[ear])
    eyes.add_eyeball(mesh)
    mouth.add_teeth(mesh)
    mouth.add_tongue(mesh)
    return mesh.whole()
