"""From labelled renders to points on the mesh."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial import cKDTree

from aucgan.apis.embedding.plain_render import PlainRender, PosedHeads, render
from aucgan.detection import FaceDetector
from aucgan.detection.mesh_points import INNER_LIPS, LIPS, MIRROR468, N_POINTS
from aucgan.evaluation.scans.closest_point import Surface
from aucgan.heads.dense_landmarks import DenseLandmarks

YAWS = (-25.0, 0.0, 25.0)
"""Turns of the head at which it is rendered, degrees."""
REACH = 6
"""A point that falls beside the skin (on an eyeball, past the silhouette) takes skin within so many pixels."""
LEAST_FACING = 0.35
"""Labels on skin that is seen more from the side (cosine) say little along it, and count only where few others are."""
LEAST_SHARE = 0.25
"""A point keeps its labels on skin that faces the camera if they are at least this share of all."""
SYMMETRIC = 2e-4
"""A head whose mirrored vertices lie this near to its vertices on average, metres, counts as symmetric."""

Labels = np.ndarray
"""Of one render: places on the mean head and the cosine there, ``(468, 4)``, NaN where a point fell on no skin."""


@dataclass(frozen=True)
class EmbeddingReport:
    """What came of labelling a head.

    Attributes:
        landmarks: Where the points lie on the mesh.
        spread: Mean distance of a point's labels from the one that was taken, ``(468,)`` metres.
        used: Renders in which a face was found.
        rendered: Renders in all.
        symmetric: Whether left and right were averaged.
    """

    landmarks: DenseLandmarks
    spread: np.ndarray
    used: int
    rendered: int
    symmetric: bool

    def __str__(self) -> str:
        median, most = 1e3 * np.median(self.spread), 1e3 * np.percentile(self.spread, 90)
        sides = "left and right averaged" if self.symmetric else "the head is not symmetric"
        return (
            f"{self.used} of {self.rendered} renders labelled; spread {median:.2f} mm (median), 90 % of the points "
            f"below {most:.2f} mm; {sides}"
        )


def embed_landmarks(heads: PosedHeads, detector: FaceDetector) -> EmbeddingReport:
    """Find the 468 points on a head.

    The lips' points come from the renders with an open mouth, where they are apart; all others from the neutral ones.
    Of each point's labels the medoid is taken, and where the head is symmetric, the mean with its mirror image.

    Args:
        heads: Who is rendered.
        detector: Gives the 468 points of a picture.

    Raises:
        ValueError: No face was found, or a point fell on no skin.
    """
    closed, opened = _labels(heads, heads.people, detector), _labels(heads, heads.opened, detector)
    rendered = len(YAWS) * (len(heads.people) + len(heads.opened))
    if not closed:
        raise ValueError("no face was found in any render of this head: is z out of its face and y up, in metres?")
    on_lips = np.isin(np.arange(N_POINTS), LIPS + INNER_LIPS)
    chosen = [_medoid(opened if opened and on_lips[point] else closed, point) for point in range(N_POINTS)]
    middle, spread = np.stack([place for place, _ in chosen]), np.array([distance for _, distance in chosen])
    symmetric = is_symmetric(heads.rest)
    if symmetric:
        middle = 0.5 * (middle + middle[MIRROR468] * [-1, 1, 1])
    landmarks = on_mesh(middle, heads.rest, heads.faces, heads.skin_faces)
    return EmbeddingReport(landmarks, spread, len(closed) + len(opened), rendered, symmetric)


def is_symmetric(rest: np.ndarray) -> bool:
    """Whether the mirror image of vertices ``(V, 3)`` is made of the same places."""
    return float(cKDTree(rest).query(rest * [-1, 1, 1])[0].mean()) < SYMMETRIC


def _labels(heads: PosedHeads, people: np.ndarray, detector: FaceDetector) -> list[Labels]:
    """The labels of every render in which a face was found."""
    found = []
    for verts in people:
        for yaw in YAWS:
            rendered = render(heads, verts, yaw)
            faces = detector(rendered.picture)
            if faces and faces[0].landmarks468 is not None:
                found.append(look_up(rendered, faces[0].landmarks468))
    return found


def look_up(rendered: PlainRender, points: np.ndarray) -> Labels:
    """Places and cosines under points ``(N, 2)`` in pixels (centres at ½): of the nearest skin within reach."""
    result = np.full((len(points), 4), np.nan)
    side = len(rendered.picture)
    for number, point in enumerate(points):
        for row, column in _near(point):
            if 0 <= row < side and 0 <= column < side and np.isfinite(rendered.places[row, column, 0]):
                result[number] = [*rendered.places[row, column], rendered.facing[row, column]]
                break
    return result


_SPAN = range(-REACH, REACH + 1)
_STEPS = sorted(
    ((a, b) for a in _SPAN for b in _SPAN if a * a + b * b <= REACH**2), key=lambda step: step[0] ** 2 + step[1] ** 2
)


def _near(point: np.ndarray) -> Iterator[tuple[int, int]]:
    """Rows and columns of the pixels within reach, the nearest first."""
    column, row = int(np.floor(point[0])), int(np.floor(point[1]))
    return ((row + down, column + right) for down, right in _STEPS)


def _medoid(labels: list[Labels], point: int) -> tuple[np.ndarray, float]:
    """The place that is nearest to all others, and their mean distance from it."""
    found = np.stack([one[point] for one in labels])
    found = found[np.isfinite(found).all(1)]
    if not len(found):
        raise ValueError(f"point {point} fell on no skin in any render of this head")
    facing = found[:, 3] >= LEAST_FACING
    places = found[facing, :3] if facing.mean() >= LEAST_SHARE else found[:, :3]
    distances = np.linalg.norm(places[:, None] - places, axis=-1).mean(1)
    return places[distances.argmin()], float(distances.min())


def on_mesh(places: np.ndarray, verts: np.ndarray, faces: np.ndarray, allowed: np.ndarray) -> DenseLandmarks:
    """The points of a mesh nearest to places ``(468, 3)``, on the triangles allowed ``(F,)`` bool."""
    chosen = np.flatnonzero(allowed)
    surface = Surface(verts, faces[chosen])
    nearest = surface.closest(places)
    return DenseLandmarks(chosen[nearest.faces], barycentric(nearest.points, surface.triangles[nearest.faces]))


def barycentric(points: np.ndarray, triangles: np.ndarray) -> np.ndarray:
    """Weights ``(N, 3)`` float32 of points ``(N, 3)`` in triangles ``(N, 3, 3)``; they sum to 1."""
    origin, edges = triangles[:, 0], triangles[:, 1:] - triangles[:, :1]
    along = np.einsum("nji,nj->ni", np.linalg.pinv(edges), points - origin)
    weights = np.column_stack([1 - along.sum(1), along]).clip(0, 1)
    return (weights / weights.sum(1, keepdims=True)).astype(np.float32)
