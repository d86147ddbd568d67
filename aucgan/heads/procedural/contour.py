"""The 68 landmarks on the mesh: 51 fixed ones and a jaw contour that slides with the yaw of the head."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy.spatial import cKDTree

from aucgan.heads.procedural import anatomy, domain
from aucgan.heads.procedural.curves import cross_2d
from aucgan.heads.procedural.half_mesh import HeadMesh
from aucgan.heads.procedural.mesh import head_mesh

YAWS = 39
"""Largest yaw in degrees that the contour knows, to either side."""
_CANDIDATES = 60
_SKIN = ("skin", "lip_upper", "lip_lower")


def _barycentric(triangles: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Weights ``(M, 3)`` of 2D ``points (M, 2)`` or one point in ``triangles (M, 3, 2)``."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    area = cross_2d(b - a, c - a)
    first = cross_2d(b - points, c - points) / area
    second = cross_2d(c - points, a - points) / area
    return np.stack([first, second, 1.0 - first - second], axis=1)


def _skin_faces(mesh: HeadMesh) -> np.ndarray:
    return np.flatnonzero(np.isin(mesh.parts[mesh.faces], _SKIN).all(1))


def _at_front(mesh: HeadMesh, point: np.ndarray) -> tuple[int, np.ndarray]:
    """Face and weights where the line of sight through ``point`` meets the mesh nearest to it."""
    faces = _skin_faces(mesh)
    corners = mesh.vertices[mesh.faces[faces]]
    weights = _barycentric(corners[..., :2], point[None, :2])
    depth = (weights * corners[..., 2]).sum(1)
    miss = np.maximum(-weights.min(1), 0.0) + 20.0 * np.abs(depth - point[2]) * (weights.min(1) > -0.3)
    miss = np.where(weights.min(1) > -0.3, miss, np.inf)
    best = int(np.argmin(miss))
    inside = np.clip(weights[best], 0.0, 1.0)
    return int(faces[best]), inside / inside.sum()


def _in_chart(mesh: HeadMesh, uv: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Faces and weights of chart positions ``uv (N, 2)``."""
    faces = _skin_faces(mesh)
    triangles = mesh.uv[mesh.uv_faces[faces]]
    near = cKDTree(triangles.mean(1)).query(uv, k=40)[1]
    chosen, weights = [], []
    for row, point in zip(near, uv, strict=True):
        bary = _barycentric(triangles[row], point[None])
        best = int(np.argmax(bary.min(1)))
        inside = np.clip(bary[best], 0.0, 1.0)
        chosen.append(faces[row[best]])
        weights.append(inside / inside.sum())
    return np.array(chosen), np.array(weights)


def _jaw_path(mesh: HeadMesh, landmark: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Candidates from the cheek's front back to a left jaw landmark, along its row of the head."""
    skin = np.flatnonzero(mesh.part("skin") & (mesh.vertices[:, 0] >= 0))
    rest = mesh.bare[skin[np.argmin(np.linalg.norm(mesh.vertices[skin] - landmark, axis=1))]]
    s = np.linspace(min(1.6, 0.55 * rest[0]), rest[0], _CANDIDATES)
    plane = domain.to_domain(np.stack([s, np.full_like(s, rest[1])], axis=1))
    return _in_chart(mesh, domain.to_chart(plane))


@cache
def dynamic_contour() -> tuple[np.ndarray, np.ndarray]:
    """Faces ``(79, 17)`` and weights ``(79, 17, 3)``; rows 0–39 are yaw 0…39, rows 40–78 yaw −1…−39."""
    mesh = head_mesh()
    half = len(mesh.faces) // 2
    faces, weights = np.zeros((79, 17), dtype=np.int64), np.zeros((79, 17, 3))
    for k, landmark in enumerate(anatomy.JAW_LINE):
        path_faces, path_weights = _jaw_path(mesh, landmark)
        points = (mesh.vertices[mesh.faces[path_faces]] * path_weights[..., None]).sum(1)
        for yaw in range(-YAWS, YAWS + 1):
            angle = np.radians(yaw)
            right = points[:, 0] * np.cos(angle) + points[:, 2] * np.sin(angle)
            best = len(points) - 1 - int(np.argmax(right[::-1])) if k < 8 else len(points) - 1
            face, weight = path_faces[best], path_weights[best]
            row = yaw if yaw >= 0 else 39 - yaw
            opposite = -yaw if yaw <= 0 else 39 + yaw
            faces[row, 16 - k], weights[row, 16 - k] = face, weight
            if k < 8:
                faces[opposite, k], weights[opposite, k] = (face + half) % (2 * half), weight[::-1]
    return faces, weights


@cache
def static_landmarks() -> tuple[np.ndarray, np.ndarray]:
    """Faces ``(51,)`` and weights ``(51, 3)`` of landmarks 17–67."""
    mesh = head_mesh()
    found = [_at_front(mesh, point) for point in anatomy.landmarks_68()[17:]]
    return np.array([face for face, _ in found]), np.stack([weight for _, weight in found])
