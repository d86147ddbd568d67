"""Where surfaces meet: how deep points lie in the eyeballs or the teeth."""

from __future__ import annotations

import numpy as np
from scipy.spatial import cKDTree
from scipy.spatial.distance import cdist

_SAME = 1e-8
"""Distances closer than this are equal, metres."""
_THICK = 0.004
"""A point further than this behind the teeth's surface is behind the teeth, not in them; metres."""


def closest_on_triangles(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Nearest point of a set of triangles.

    Args:
        points: ``(P, 3)``.
        triangles: ``(T, 3, 3)``.

    Returns:
        Nearest points ``(P, 3)``, and the distances to the triangles ``(P, T)``, infinite for those that cannot be the
        nearest.
    """
    rows, columns = np.nonzero(_may_be_nearest(points, triangles))
    p, (a, b, c) = points[rows], triangles[columns].swapaxes(0, 1)
    found = np.stack([_on_segment(p, a, b), _on_segment(p, b, c), _on_segment(p, c, a), _on_plane(p, a, b, c)])
    distance = np.linalg.norm(p - found, axis=-1)  # (4, pairs)
    least, pair = np.full((len(points), len(triangles)), np.inf), np.zeros((len(points), len(triangles)), int)
    least[rows, columns], pair[rows, columns] = distance.min(0), np.arange(len(rows))
    chosen = pair[np.arange(len(points)), least.argmin(1)]
    return found[distance[:, chosen].argmin(0), chosen], least


def _may_be_nearest(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Which triangles may reach as near as the nearest centre of all, ``(P, T)``."""
    centres = triangles.mean(1)
    radius = np.linalg.norm(triangles - centres[:, None], axis=-1).max(1)
    away = cdist(points, centres)
    return away - radius <= away.min(1, keepdims=True) + _SAME


def _on_segment(p: np.ndarray, a: np.ndarray, b: np.ndarray) -> np.ndarray:
    along = b - a
    share = ((p - a) * along).sum(-1) / np.maximum((along * along).sum(-1), 1e-30)
    return a + np.clip(share, 0.0, 1.0)[..., None] * along


def _on_plane(p: np.ndarray, a: np.ndarray, b: np.ndarray, c: np.ndarray) -> np.ndarray:
    """Foot on the triangle's plane where it lies inside, infinitely far elsewhere."""
    normal = np.cross(b - a, c - a)
    square = np.maximum((normal * normal).sum(-1, keepdims=True), 1e-30)
    foot = p - ((p - a) * normal).sum(-1, keepdims=True) / square * normal
    inside = np.ones(foot.shape[:-1], bool)
    for start, end in ((a, b), (b, c), (c, a)):
        inside &= (np.cross(end - start, foot - start) * normal).sum(-1) >= 0
    return np.where(inside[..., None], foot, np.inf)


def depth_in_teeth(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """How deep points lie behind the surface of the teeth.

    Args:
        points: ``(P, 3)`` metres.
        triangles: Of the teeth, counter-clockwise seen from outside, ``(T, 3, 3)`` metres.

    Returns:
        Depth in metres, 0 for points outside, ``(P,)``, and the outward unit normals there, ``(P, 3)``, 0 far away.
    """
    longest = np.linalg.norm(triangles - np.roll(triangles, 1, axis=1), axis=-1).max()
    near = cKDTree(triangles.reshape(-1, 3)).query(points)[0] < _THICK + longest
    depth, outward = np.zeros(len(points)), np.zeros((len(points), 3))
    if near.any():
        depth[near], outward[near] = _depth_near(points[near], triangles)
    return depth, outward


def _depth_near(points: np.ndarray, triangles: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    nearest, distance = closest_on_triangles(points, triangles)
    flat = np.cross(triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0])
    flat /= np.maximum(np.linalg.norm(flat, axis=1, keepdims=True), 1e-30)
    # On an edge or a corner one triangle alone cannot tell inside from outside: take all that meet there.
    normals = (distance <= distance.min(1, keepdims=True) + _SAME) @ flat
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-30)
    away = points - nearest
    behind = -(away * normals).sum(1)
    within = (behind > 0) & (np.linalg.norm(away, axis=1) < _THICK)
    return np.where(within, behind, 0.0), normals


def depth_in_sphere(
    points: np.ndarray, centre: np.ndarray, radius: float | np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """How deep points lie in a sphere, ``(P,)``, 0 outside, and the outward unit normals there, ``(P, 3)``."""
    away = points - centre
    distance = np.linalg.norm(away, axis=1)
    return np.maximum(radius - distance, 0.0), away / np.maximum(distance, 1e-12)[:, None]
