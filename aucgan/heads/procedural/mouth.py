"""The inside of the mouth: the bag behind the lips, teeth and tongue."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural import features
from aucgan.heads.procedural.half_mesh import HalfMesh, strip

# Rows of the bag: mm behind the lips, mm up or down from their meeting line, narrowing, share of the lips' movement.
_BAG_ROWS = (
    (2.2, 0.15, 0.975, 1.0),
    (4.6, 3.0, 0.96, 0.95),
    (6.0, 12.0, 0.99, 0.8),
    (13.0, 18.0, 1.02, 0.5),
    (36.0, 17.0, 0.85, 0.2),
    (54.0, 8.0, 0.5, 0.0),
)
_LEFT, _RIGHT = 0.945, 0.990  # columns of the texture that hold the islands of the mouth
_BAG_V = (0.012, 0.212)
_UPPER_TEETH_V, _LOWER_TEETH_V, _TONGUE_V = (0.225, 0.275), (0.285, 0.335), (0.345, 0.42)
# Rows of the teeth from the gum of the upper, or the edge of the lower ones, downward: height, mm behind the arch.
_UPPER_TEETH = ((-33.0, 1.5), (-39.5, 0.0), (-45.0, 0.3), (-45.2, 3.5))
_LOWER_TEETH = ((-44.4, 5.0), (-44.6, 1.9), (-50.0, 1.6), (-56.0, 2.5))
# Sections of the tongue from its root to its tip: depth, height of its back, of its underside, half width.
_TONGUE = np.array([
    (14.0, -51.0, -56.0, 13.0),
    (26.0, -47.5, -55.5, 16.0),
    (37.0, -46.2, -55.0, 16.0),
    (46.0, -46.6, -54.2, 14.5),
    (52.0, -47.4, -53.6, 12.5),
    (56.0, -48.4, -53.0, 9.5),
    (58.0, -49.6, -52.2, 5.5),
    (58.8, -50.6, -51.2, 1.5),
])  # fmt: skip


def add_bag(mesh: HalfMesh, hole: np.ndarray) -> None:
    """The vestibule behind the lips and the bag behind the teeth, from the lips' meeting line ``hole`` inward."""
    edge = features.lip_rows(1.0)
    along = np.linspace(1.0, -1.0, len(edge))  # 1 upper middle, 0 corner, −1 lower middle
    apart = np.sign(along) * np.sqrt(np.abs(np.sin(along * np.pi / 2)))
    u = np.linspace(_LEFT, _RIGHT - 0.005, len(_BAG_ROWS) + 1)
    uv = np.stack(np.meshgrid(u, np.linspace(*_BAG_V, len(edge)), indexing="ij"), axis=-1)
    texture = mesh.add_uvs(uv.reshape(-1, 2)).reshape(uv.shape[:2])
    last = hole
    for k, (back, gap, narrow, share) in enumerate(_BAG_ROWS):
        row = np.stack([edge[:, 0] * narrow, edge[:, 1] + gap * apart, edge[:, 2] - back], axis=1)
        points = mesh.add_points(row, "mouth")
        mesh.lead(points, hole, share)
        mesh.add_faces(strip(points, last, closed=False), strip(texture[k + 1], texture[k], closed=False))
        last = points
    half = len(edge) // 2
    top_uv = texture[-1][: half + 1]
    bottom_uv = np.append(mesh.add_uvs(uv[-1, :half] + [0.006, 0.0]), top_uv[-1])
    _zip(mesh, (last[: half + 1], last[: half - 1 : -1]), (top_uv, bottom_uv))


def _zip(mesh: HalfMesh, rows: tuple, texture: tuple) -> None:
    """Close the back of the bag between its upper and its lower row, which share the corner."""
    faces = strip(rows[1], rows[0], closed=False)
    distinct = np.array([len(set(face)) == 3 for face in faces.tolist()])
    mesh.add_faces(faces[distinct], strip(texture[1], texture[0], closed=False)[distinct])


def _patch(mesh: HalfMesh, points: np.ndarray, part: str, rows: tuple[float, float]) -> None:
    """A patch ``(n, m, 3)`` with its own rectangle of the texture."""
    n, m = points.shape[:2]
    u, v = np.linspace(_LEFT, _RIGHT, n), np.linspace(rows[1], rows[0], m)
    uv = np.stack(np.meshgrid(u, v, indexing="ij"), axis=-1).reshape(-1, 2)
    index = mesh.add_points(points.reshape(-1, 3), part).reshape(n, m)
    texture = mesh.add_uvs(uv).reshape(n, m)
    for k in range(n - 1):
        mesh.add_faces(strip(index[k], index[k + 1], closed=False), strip(texture[k], texture[k + 1], closed=False))


def add_teeth(mesh: HalfMesh) -> None:
    """A band of upper and one of lower teeth along the dental arch, the midline first."""
    turn = np.linspace(0.0, np.radians(98.0), 10)
    arch = np.stack([23.5 * np.sin(turn), 29.5 + 34.0 * np.cos(turn)], axis=1)  # x, z
    shorter = 0.35 * (turn / turn[-1]) ** 2  # towards the molars
    for part, levels, texture in (
        ("teeth_upper", _UPPER_TEETH, _UPPER_TEETH_V),
        ("teeth_lower", _LOWER_TEETH, _LOWER_TEETH_V),
    ):
        rows = [
            np.stack([arch[:, 0] * (1 - back / 30.0), y - shorter * (y + 44.0), arch[:, 1] - back], axis=1)
            for y, back in levels
        ]
        _patch(mesh, np.stack(rows, axis=1), part, texture)


def add_tongue(mesh: HalfMesh) -> None:
    """The tongue at rest behind the lower teeth: half of each section from the back round to the underside."""
    z, top, bottom, width = _TONGUE.T
    turn = np.linspace(0.0, np.pi, 8)[:, None]
    height = np.cos(turn) * 0.5 * (top - bottom) + 0.5 * (top + bottom)
    height -= 0.9 * np.exp(-((turn / 0.35) ** 2)) * (width > 6)  # the groove along its middle
    points = np.stack([np.sin(turn) * width, height, np.broadcast_to(z, height.shape)], axis=-1)
    points[[0, -1], :, 0] = 0.0
    _patch(mesh, points, "tongue", _TONGUE_V)
