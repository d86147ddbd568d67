"""The UV chart: the skin flattened without a fold, and islands for what lies inside.

Half of the skin, with the holes of mouth and eye filled, is a disc. Its rim goes onto a rectangle, and every inner
vertex into a weighted mean of its neighbours: with positive weights no triangle can flip or overlap another (Tutte
1963; Floater 2003). The weights are then changed step by step so that the face takes more room and the rest less
(after Yoshizawa, Belyaev & Seidel 2004). The other half is its mirror image about u = 0.5.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_matrix, diags
from scipy.sparse.linalg import spsolve

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.eyeball import RING

SKIN = (0.5, 0.995, 0.105, 0.995)
"""The left half's rectangle: u from, u to, v from, v to."""
_EYE_AT, _EYE_RADIUS = (0.948, 0.052), 0.044
# Islands of the base mesh's own UV: where their axis comes to lie on the person's left, and the size of the whole.
_SLOTS = {
    "mouth": ((0.5, 0.05), (0.20, 0.09)),
    "teeth_upper": ((0.62, 0.075), (0.10, 0.04)),
    "teeth_lower": ((0.62, 0.025), (0.10, 0.04)),
    "tongue": ((0.745, 0.05), (0.09, 0.09)),
    "socket_l": ((0.82, 0.05), (0.07, 0.09)),
}
_ROUNDS, _STEP = 12, 0.7
_ELSEWHERE = 0.12
"""Area that skin outside the face takes, over that of the face."""
_TOP = (0.030, -0.040)
"""The rectangle's upper corners on the midline, metres: depth of the front one, depth of the one at the back."""


def face_share(mesh: HeadMesh, points: np.ndarray) -> np.ndarray:
    """How much each vertex belongs to the face: not to ears, neck, crown or what is inside, ``(V,)`` in [0, 1]."""
    x, y, z = points.T
    eyes = points[mesh.parts == "eyeball", 1].mean()
    chin = points[mesh.part("lip_lower"), 1].min()
    ear = points[mesh.part("ear")]
    front = ear[:, 2].max()
    top = _ramp(y - eyes, 0.075, 0.060)
    side = _ramp(z - front + 0.25 * np.minimum(y - eyes + 0.03, 0.0), -0.006, 0.006)
    under = _ramp(y - chin + 0.45 * np.minimum(z, 0.045), -0.026, -0.014)
    return top * side * under * mesh.part("skin", "lip_upper", "lip_lower", "lid_rim")


def _ramp(value: np.ndarray, zero: float, one: float) -> np.ndarray:
    share = np.clip((value - zero) / (one - zero), 0.0, 1.0)
    return share * share * (3.0 - 2.0 * share)


@dataclass(frozen=True)
class _Half:
    """The left half of the skin as a disc: vertices of the head, then one in the eye, then one in the mouth."""

    chosen: np.ndarray
    points: np.ndarray
    faces: np.ndarray
    rim: list[int]


def _loops(faces: np.ndarray) -> list[list[int]]:
    """Boundary loops in the faces' sense."""
    edges = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
    known = set(map(tuple, edges.tolist()))
    following = {a: b for a, b in known if (b, a) not in known}
    loops = []
    while following:
        start, here = following.popitem()
        loop = [start, here]
        while here != start:
            here = following.pop(here)
            loop.append(here)
        loops.append(loop[:-1])
    return loops


def _half(mesh: HeadMesh, points: np.ndarray) -> _Half:
    skin = mesh.faces[mesh.islands == "skin"]
    skin = skin[points[skin, 0].mean(1) > 0]
    chosen, faces = np.unique(skin, return_inverse=True)
    faces = faces.reshape(-1, 3)
    here = points[chosen]
    outer, lids = sorted(_loops(faces), key=len, reverse=True)
    lips = [k for k in outer if mesh.part("lip_upper", "lip_lower")[chosen[k]]]
    inner = [k for k in lips if here[k, 0] > 1e-9]
    first = outer.index(inner[0])
    outer = outer[first:] + outer[:first]
    last = max(outer.index(k) for k in inner)
    opening = [outer[-1], *outer[: last + 2]]  # from midline to midline along the lips' inner edge
    eye, mouth = len(chosen), len(chosen) + 1
    added = np.stack([here[lids].mean(0), here[opening[:: len(opening) - 1]].mean(0)])
    faces = np.concatenate([faces, _fan(lids + lids[:1], eye), _fan(opening, mouth)])
    rim = [mouth, *outer[last + 1 :]]
    return _Half(chosen, np.concatenate([here, added]), faces, rim)


def _fan(loop: list[int], centre: int) -> np.ndarray:
    return np.array([[b, a, centre] for a, b in zip(loop, loop[1:], strict=False)])


def _walk(half: _Half) -> tuple[np.ndarray, np.ndarray]:
    """The rim's vertices on the midline, from the front of the neck over the crown to the nape, and on the neck on."""
    rim = np.array(half.rim)
    middle = np.abs(half.points[rim, 0]) < 1e-9
    rim = np.roll(rim, -int(np.flatnonzero(~middle & np.roll(middle, -1))[0]) - 1)
    count = int(middle.sum())
    midline, neck = rim[:count], rim[count:]
    if half.points[midline[0], 2] < half.points[midline[-1], 2]:
        return midline[::-1], neck[::-1]
    return midline, neck


def _rim_places(half: _Half, share: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Where the rim goes in the rectangle [0, 1]², u from the midline outward.

    The front of the midline goes to the side u = 0, along which it may slide, the crown to the top, the back to the
    other side, the neck to the bottom.

    Returns:
        Vertices that are held ``(R,)``, their places ``(R, 2)``, and the vertices that slide.
    """
    midline, neck = _walk(half)
    depth = half.points[midline, 2]
    top = half.points[midline, 1] > half.points[midline, 1].max() - 0.05
    front, back = (int(np.flatnonzero(top & (depth < limit))[0]) for limit in _TOP)
    stretch = np.sqrt(_ELSEWHERE + (1 - _ELSEWHERE) * share)
    sides = (
        (midline[front : back + 1], (0, 1), (1, 1)),
        (midline[back:], (1, 1), (1, 0)),
        (np.r_[midline[-1], neck, midline[0]], (1, 0), (0, 0)),
    )
    held, places = [], []
    for ids, here, there in sides:
        weight = 0.5 * (stretch[ids[1:]] + stretch[ids[:-1]])
        steps = np.linalg.norm(np.diff(half.points[ids], axis=0), axis=1) * weight
        along = np.r_[0.0, np.cumsum(steps)[:-1]] / steps.sum()
        held.append(ids[:-1])
        places.append(np.outer(1 - along, here) + np.outer(along, there))
    held.append(midline[:1])
    places.append(np.zeros((1, 2)))
    return np.concatenate(held), np.concatenate(places), midline[1:front]


def mean_value_weights(points: np.ndarray, faces: np.ndarray) -> coo_matrix:
    """Floater's weights, positive for every edge, ``(V, V)``."""
    rows, columns, values = [], [], []
    for k in range(3):
        a, b, c = faces[:, k], faces[:, (k + 1) % 3], faces[:, (k + 2) % 3]
        to_b, to_c = points[b] - points[a], points[c] - points[a]
        reach_b, reach_c = np.linalg.norm(to_b, axis=1), np.linalg.norm(to_c, axis=1)
        cosine = (to_b * to_c).sum(1) / np.maximum(reach_b * reach_c, 1e-12)
        half_tangent = np.sqrt((1 - np.clip(cosine, -0.999, 0.999)) / (1 + np.clip(cosine, -0.999, 0.999)))
        rows += [a, a]
        columns += [b, c]
        values += [half_tangent / np.maximum(reach_b, 1e-6), half_tangent / np.maximum(reach_c, 1e-6)]
    count = len(points)
    return coo_matrix((np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))), shape=(count, count))


def _embedded(weights: coo_matrix, held: np.ndarray, places: np.ndarray, sliding: np.ndarray) -> np.ndarray:
    """Every free vertex at the weighted mean of its neighbours, ``(V, 2)``; sliding ones keep u = 0."""
    sums = np.asarray(weights.sum(1)).ravel()
    system = (diags(np.ones(len(sums))) - diags(1.0 / sums) @ weights).tocsr()
    uv = np.zeros((len(sums), 2))
    uv[held] = places
    for axis, fixed in ((0, np.r_[held, sliding]), (1, held)):
        free = np.setdiff1d(np.arange(len(sums)), fixed)
        uv[free, axis] = spsolve(system[free][:, free].tocsc(), -system[free][:, fixed] @ uv[fixed, axis])
    return uv


def _areas(corners: np.ndarray) -> np.ndarray:
    a, b = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]
    if corners.shape[-1] == 2:
        return 0.5 * np.abs(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])
    return 0.5 * np.linalg.norm(np.cross(a, b), axis=1)


def _flatten(mesh: HeadMesh, points: np.ndarray) -> tuple[_Half, np.ndarray]:
    """Left half of the skin and its place in the chart."""
    half = _half(mesh, points)
    share = np.r_[face_share(mesh, points)[half.chosen], 1.0, 1.0]
    rim = _rim_places(half, share)
    size = np.array([SKIN[1] - SKIN[0], SKIN[3] - SKIN[2]])
    wanted = _areas(half.points[half.faces]) * (_ELSEWHERE + (1 - _ELSEWHERE) * share[half.faces].mean(1))
    weights = mean_value_weights(half.points, half.faces).tocsr()
    uv = _embedded(weights, *rim)
    for _ in range(_ROUNDS):
        got = _areas(uv[half.faces] * size)
        at = [np.bincount(half.faces.ravel(), np.repeat(area, 3), len(uv)) for area in (wanted, got)]
        stretch = np.sqrt(at[0] / at[0].sum() / np.maximum(at[1] / at[1].sum(), 1e-12))
        weights = weights @ diags(np.clip(stretch, 0.2, 5.0) ** -_STEP)
        uv = _embedded(weights, *rim)
    return half, uv * size + [SKIN[0], SKIN[2]]


def _eye_island(directions: np.ndarray, faces: np.ndarray) -> np.ndarray:
    """Corners ``(F, 3, 2)``: a disc, the pupil in its middle, the back pole as its rim; what is seen has more room."""
    angle = np.arccos(np.clip(directions[:, 2], -1, 1))
    turn = np.arctan2(directions[:, 1], directions[:, 0])
    flat = np.stack([np.cos(turn), np.sin(turn)], axis=1) * np.sqrt(angle / np.pi)[:, None]
    corners = flat[faces]
    back = np.flatnonzero((faces == 1).any(1))
    ahead = (np.arange(len(back)) + 0.5) * 2 * np.pi / RING
    corners[back, 2] = np.stack([np.cos(ahead), np.sin(ahead)], axis=1)  # the pole is the fan's last corner
    return np.array(_EYE_AT) + _EYE_RADIUS * corners


def _slot(uv: np.ndarray, all_uv: np.ndarray, name: str) -> np.ndarray:
    """Corners of an island of the base mesh moved into its slot, keeping their shape."""
    low, high = all_uv.reshape(-1, 2).min(0), all_uv.reshape(-1, 2).max(0)
    middle, size = _SLOTS[name]
    return np.array(middle) + (uv - 0.5 * (low + high)) * np.min(np.array(size) / (high - low))


def build_chart(mesh: HeadMesh, template: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """UV coordinates ``(T, 2)`` and UV faces ``(F, 3)``; mirrored faces have mirrored coordinates.

    Args:
        mesh: The head's mesh; its faces are those of the left, their mirror images, then the eyeballs.
        template: Mean head, ``(V, 3)`` metres.
    """
    half, flat = _flatten(mesh, template)
    place = np.zeros((len(template), 2))
    place[half.chosen] = flat[: len(half.chosen)]
    balls = int((mesh.islands == "eyeball_l").sum())
    count = (len(mesh.faces) - 2 * balls) // 2
    islands, faces = mesh.islands[:count], mesh.faces[:count]
    corners = place[faces]
    for name in _SLOTS:
        corners[islands == name] = _slot(
            mesh.base_uv[:count][islands == name], mesh.base_uv[mesh.islands == name], name
        )
    ball = mesh.faces[-2 * balls : -balls]
    eye = _eye_island(mesh.eyes[0].directions, ball - ball.min())
    flip = np.array([-1.0, 1.0])
    whole = [corners, corners[:, ::-1] * flip + [1.0, 0.0], eye, eye[:, ::-1] * flip + [1.0, 0.0]]
    coordinates, index = np.unique(np.round(np.concatenate(whole).reshape(-1, 2), 9), axis=0, return_inverse=True)
    return coordinates, index.reshape(-1, 3)
