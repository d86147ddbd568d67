"""The 68 landmarks: 51 named vertices, and a contour that slides with the yaw of the head."""

from __future__ import annotations

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh

MAX_YAW = 39
"""Largest yaw in degrees that the contour knows, to either side."""
_CANDIDATES = 60
_RAYS_AT_ONCE = 16  # with all triangles of a head, what is computed for them stays in the processor's cache

# Landmarks 17–67 on the midline and on the person's left: number, base vertex.
_MIDLINE = {
    27: 132, 28: 131, 29: 201, 30: 297, 33: 317, 51: 455, 57: 492, 62: 468, 66: 493,
}  # fmt: skip
_LEFT = {
    22: 6983, 23: 6980, 24: 6998, 25: 6999, 26: 11870, 34: 7077, 35: 7119,
    42: 7796, 43: 7791, 44: 7775, 45: 7780, 46: 7785, 47: 7788,
    52: 7215, 53: 7170, 54: 10403, 55: 7166, 56: 7241, 63: 7218, 64: 7188, 65: 7242,
}  # fmt: skip
_LEFT_TO_RIGHT = {
    22: 21, 23: 20, 24: 19, 25: 18, 26: 17, 34: 32, 35: 31, 42: 39, 43: 38, 44: 37, 45: 36, 46: 41, 47: 40,
    52: 50, 53: 49, 54: 48, 55: 59, 56: 58, 63: 61, 64: 60, 65: 67,
}  # fmt: skip

# Contour on the person's left, from the chin (8) to the ear (16): where it lies seen from the front, and where its path
# begins on the cheek; vertices of the base mesh.
_CONTOUR = {
    8: (5225, 5225), 9: (7615, 724), 10: (7619, 491), 11: (7461, 7600), 12: (7691, 11786), 13: (7586, 11819),
    14: (11713, 11765), 15: (12360, 11682), 16: (7575, 7032),
}  # fmt: skip


def static_vertices(mesh: HeadMesh) -> np.ndarray:
    """Head vertices of landmarks 17–67, ``(51,)``."""
    found = {number: mesh.row(vertex) for number, vertex in (_MIDLINE | _LEFT).items()}
    found |= {right: int(mesh.mirror[found[left]]) for left, right in _LEFT_TO_RIGHT.items()}
    return np.array([found[number] for number in range(17, 68)])


def on_faces(mesh: HeadMesh, vertices: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A face of the skin at each vertex, ``(N,)``, and weights that are 1 at that corner, ``(N, 3)``."""
    skin = np.flatnonzero(mesh.islands == "skin")
    faces = np.array([skin[(mesh.faces[skin] == vertex).any(1).argmax()] for vertex in vertices])
    return faces, (mesh.faces[faces] == vertices[:, None]).astype(float)


def seen_from(
    centre: np.ndarray, directions: np.ndarray, triangles: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The outermost triangles that rays from a point hit.

    Args:
        centre: ``(3,)``.
        directions: ``(R, 3)``.
        triangles: ``(T, 3, 3)``.

    Returns:
        Triangles hit ``(R,)``, weights of their corners ``(R, 3)``, and distances in lengths of the directions, −inf
        where nothing is hit, ``(R,)``.
    """
    a = triangles[:, 0] - centre
    ab, ac = triangles[:, 1] - triangles[:, 0], triangles[:, 2] - triangles[:, 0]
    normal = np.cross(ab, ac)
    slope = directions @ normal.T
    slope = np.where(np.abs(slope) < 1e-15, 1e-15, slope)
    height = (a * normal).sum(1)
    pieces = [slice(start, start + _RAYS_AT_ONCE) for start in range(0, len(directions), _RAYS_AT_ONCE)]
    found = [_outermost(directions[some], height / slope[some], slope[some], a, ab, ac) for some in pieces]
    best, weights, reach = (np.concatenate(part) for part in zip(*found, strict=True))
    return best, weights, reach


def _outermost(
    directions: np.ndarray, reach: np.ndarray, slope: np.ndarray, a: np.ndarray, ab: np.ndarray, ac: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """As :func:`seen_from`, of a few rays, which reach the planes of the triangles in ``(R, T)`` of their lengths."""
    aside = np.cross(directions[:, None], a[None])
    second = np.einsum("rtk,tk->rt", aside, -ac) / slope
    third = np.einsum("rtk,tk->rt", aside, ab) / slope
    first = 1.0 - second - third
    hit = (np.minimum(np.minimum(first, second), third) >= -1e-7) & (reach > 0)
    reach = np.where(hit, reach, -np.inf)
    best = reach.argmax(1)
    rows = np.arange(len(directions))
    weights = np.clip(np.stack([first, second, third], axis=-1)[rows, best], 0.0, 1.0)
    return best, weights / weights.sum(1, keepdims=True), reach[rows, best]


def contour(mesh: HeadMesh, template: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Faces ``(79, 17)`` and weights ``(79, 17, 3)``; rows 0–39 are yaw 0…39, rows 40–78 yaw −1…−39.

    Each landmark of a side has a path over the cheek, towards the ear; turned away, it lies where the path goes out of
    sight.
    """
    skin = np.flatnonzero((mesh.islands == "skin") & ~mesh.part("ear")[mesh.faces].any(1))
    triangles = template[mesh.faces[skin]]
    centre = np.array([0.0, template[mesh.row(317), 1], 0.0])
    count = (len(mesh.faces) - int(np.isin(mesh.islands, ("eyeball_l", "eyeball_r")).sum())) // 2
    faces, weights = np.zeros((2 * MAX_YAW + 1, 17), np.int64), np.zeros((2 * MAX_YAW + 1, 17, 3))
    for number, (rest, start) in _CONTOUR.items():
        ends = template[[mesh.row(start), mesh.row(rest)]] - centre
        ends /= np.linalg.norm(ends, axis=1, keepdims=True)
        along = np.linspace(0.0, 1.0, _CANDIDATES)[:, None]
        hit, bary, _ = seen_from(centre, (1 - along) * ends[0] + along * ends[1], triangles)
        path = (triangles[hit] * bary[..., None]).sum(1)
        for yaw in range(-MAX_YAW, MAX_YAW + 1):
            turn = np.radians(yaw)
            aside = path[:, 0] * np.cos(turn) + path[:, 2] * np.sin(turn)
            best = len(path) - 1 - int(aside[::-1].argmax()) if number > 8 else len(path) - 1
            row, opposite = (y if y >= 0 else MAX_YAW - y for y in (yaw, -yaw))
            face = int(skin[hit[best]])
            faces[row, number], weights[row, number] = face, bary[best]
            if number > 8:  # the mirror image's corners run the other way
                faces[opposite, 16 - number] = (face + count) % (2 * count)
                weights[opposite, 16 - number] = bary[best][::-1]
    return faces, weights
