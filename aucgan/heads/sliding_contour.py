"""The jaw contour of 17 landmarks that slides over the mesh with the yaw of the head, for any head."""

from __future__ import annotations

import numpy as np

from aucgan.heads.landmark_embedding import N_CONTOUR, N_YAW_ROWS

MOST_YAW = 39
"""Degrees; the embedding has one row per degree to either side."""
STEPS = 80
"""Places along each landmark's path."""
STARTS = 0.35
"""Where paths begin, as a share of the way from the middle of the face to the landmark."""
CHIN = 8
"""The landmark in the middle, which does not slide."""


def sliding_contour(
    verts: np.ndarray, faces: np.ndarray, jaw_line: np.ndarray, middle: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Where the contour lies at each yaw.

    Each landmark slides on its path: what is seen from the front on the straight line from the middle of the face
    to its place at rest. At a yaw it is the place of the path that stands out farthest to its side.

    Args:
        verts: ``(V, 3)`` metres, x to the person's left, y up, z out of the face.
        faces: Triangles of the skin, ``(F, 3)``.
        jaw_line: Landmarks 0–16 at rest, ``(17, 3)``, from the person's right ear to the left one.
        middle: Middle of the face, ``(3,)``.

    Returns:
        Face indices ``(79, 17)`` int64 and weights ``(79, 17, 3)`` float32; row y is y degrees, row 39 + k is −k.
    """
    yaws = np.radians([*range(MOST_YAW + 1), *range(-1, -MOST_YAW - 1, -1)])
    index = np.zeros((N_YAW_ROWS, N_CONTOUR), np.int64)
    weights = np.zeros((N_YAW_ROWS, N_CONTOUR, 3), np.float32)
    for number, landmark in enumerate(jaw_line):
        face, bary = seen_from_front(verts, faces, _path(middle, landmark))
        face[-1], bary[-1] = at_vertex(faces, int(np.linalg.norm(verts - landmark, axis=1).argmin()))
        points = np.einsum("nkc,nk->nc", verts[faces[face]], bary)
        for row, yaw in enumerate(yaws):
            right = points[:, 0] * np.cos(yaw) + points[:, 2] * np.sin(yaw)
            outward = right if number > CHIN else -right
            best = len(points) - 1 if number == CHIN else len(points) - 1 - int(outward[::-1].argmax())
            index[row, number], weights[row, number] = face[best], bary[best]
    return index, weights


def at_vertex(faces: np.ndarray, vertex: int) -> tuple[int, np.ndarray]:
    """A triangle that has a vertex as its corner, and the weights ``(3,)`` that give it.

    Raises:
        ValueError: There is none.
    """
    found = np.argwhere(faces == vertex)
    if not len(found):
        raise ValueError(f"vertex {vertex} belongs to no triangle, so no landmark can lie on it")
    face, corner = found[0]
    return int(face), np.eye(3)[corner]


def _path(middle: np.ndarray, landmark: np.ndarray) -> np.ndarray:
    share = np.linspace(STARTS, 1.0, STEPS)[:, None]
    return middle[None, :2] + share * (landmark - middle)[None, :2]


def seen_from_front(verts: np.ndarray, faces: np.ndarray, places: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The frontmost point of a mesh behind places ``(N, 2)`` of the xy plane; the nearest point of it where none is.

    Returns:
        Face indices ``(N,)`` int64 and barycentric weights ``(N, 3)`` float64.
    """
    corners = verts[faces]
    flat, depth = corners[..., :2], corners[..., 2]
    low, high = flat.min(1), flat.max(1)
    chosen, weights = np.zeros(len(places), np.int64), np.zeros((len(places), 3))
    for number, place in enumerate(places):
        near = np.flatnonzero(((low <= place) & (place <= high)).all(1))
        bary = _barycentric(flat[near], place)
        inside = bary.min(1) >= -1e-9 if len(near) else np.zeros(0, bool)
        if inside.any():
            z = np.where(inside, (bary * depth[near]).sum(1), -np.inf)
            chosen[number], weights[number] = near[z.argmax()], bary[z.argmax()].clip(0, 1)
        else:
            vertex = np.linalg.norm(flat - place, axis=-1)
            face, corner = np.unravel_index(vertex.argmin(), vertex.shape)
            chosen[number], weights[number, corner] = face, 1.0
    return chosen, weights / weights.sum(1, keepdims=True)


def _barycentric(triangles: np.ndarray, place: np.ndarray) -> np.ndarray:
    """Weights ``(M, 3)`` of one place in flat triangles ``(M, 3, 2)``; −1 in those without an area."""
    a, b, c = triangles[:, 0], triangles[:, 1], triangles[:, 2]
    area = _cross(b - a, c - a)
    with np.errstate(divide="ignore", invalid="ignore"):
        first, second = _cross(b - place, c - place) / area, _cross(c - place, a - place) / area
    bary = np.stack([first, second, 1.0 - first - second], 1)
    return np.where(np.abs(area)[:, None] > 0, bary, -1.0)


def _cross(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
