"""Fine registration of a mesh to scanned points."""

from __future__ import annotations

import numpy as np
from scipy.spatial.transform import Rotation

from aucgan.evaluation.scans.closest_point import ClosestPoints, Surface
from aucgan.evaluation.scans.similarity_transform import Similarity

MAX_STEPS = 40
TOLERANCE = 1e-4
"""The search ends when the mean squared distance falls by less than this share."""


def refine_alignment(surface: Surface, points: np.ndarray, start: Similarity, max_steps: int = MAX_STEPS) -> Similarity:
    """The similarity near a first guess that brings a surface closest to points.

    Minimises the mean squared distance of the points to the surface by damped Gauss-Newton (Levenberg, Marquardt)
    over rotation, translation and scale. The distances are exact, so that points may slide along the surface.

    Args:
        surface: The mesh, in its own frame.
        points: Scanned points, ``(N, 3)``, in the frame that the result leads to.
        start: First guess, mesh frame → scan frame.
        max_steps: Largest number of steps.
    """
    best, damping = start, 1e-4
    hit, cost = _measure(surface, points, best)
    for _ in range(max_steps):
        moved = _step(surface, points, best, hit, damping)
        new_hit, new_cost = _measure(surface, points, moved)
        if new_cost < cost:
            gain, best, hit, cost, damping = cost - new_cost, moved, new_hit, new_cost, damping / 10
            if gain <= TOLERANCE * cost:
                break
        elif damping > 1e4:
            break
        else:
            damping *= 10
    return best


def _measure(surface: Surface, points: np.ndarray, transform: Similarity) -> tuple[ClosestPoints, float]:
    """Closest points in the mesh frame, and the mean squared distance in the scan frame."""
    hit = surface.closest(transform.undo(points))
    return hit, float((transform.scale**2 * hit.distances**2).mean())


def _step(
    surface: Surface, points: np.ndarray, transform: Similarity, hit: ClosestPoints, damping: float
) -> Similarity:
    """One damped step from where the closest points are known."""
    foot = transform.apply(hit.points)
    direction = _directions(surface, points - foot, transform, hit)
    residual = ((points - foot) * direction).sum(1)
    centre = points.mean(0)
    arm = foot - centre
    # How the distance falls with translation, rotation about the centre, and scale: (N, 7).
    slope = np.concatenate([direction, np.cross(arm, direction), (direction * arm).sum(1, keepdims=True)], axis=1)
    normal = slope.T @ slope
    normal[np.diag_indices(7)] *= 1 + damping
    delta = np.linalg.lstsq(normal, slope.T @ residual, rcond=None)[0]
    turn, grow = Rotation.from_rotvec(delta[3:6]).as_matrix(), float(np.exp(delta[6]))
    return Similarity(
        transform.scale * grow,
        turn @ transform.rotation,
        centre + delta[:3] + grow * turn @ (transform.translation - centre),
    )


def _directions(surface: Surface, offset: np.ndarray, transform: Similarity, hit: ClosestPoints) -> np.ndarray:
    """Unit vectors from the surface to the points; the triangle's normal where a point lies on the surface."""
    length = np.linalg.norm(offset, axis=1, keepdims=True)
    normals = surface.normals()[hit.faces] @ transform.rotation.T
    far = length > 1e-9 * max(float(length.max()), np.finfo(float).tiny)
    return np.where(far, np.divide(offset, length, out=np.zeros_like(offset), where=length > 0), normals)
