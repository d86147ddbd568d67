"""A tiny clone of ICT-FaceKit: a sphere for a head, spheres for eyes, boxes for teeth, in the clone's layout."""

import json
from pathlib import Path

import numpy as np

from aucgan.heads.ict_parts import Part

ROWS, COLUMNS = 24, 48
JAW_AXIS, JAW_ANGLE = np.array([0.0, -0.5, 2.0]), 0.4
"""A point of the axis in centimetres, and the angle, of the shape jawOpen."""


def sphere(centre, radius, rows=ROWS, columns=COLUMNS, square=0.0):
    """Vertices, UV and quads (vertex, UV) of a sphere whose poles are above and below; the seam is behind."""
    v, u = np.meshgrid(np.linspace(0.02, 0.98, rows), np.linspace(0, 1, columns + 1), indexing="ij")
    around, down = 2 * np.pi * (u - 0.5), np.pi * v
    points = np.stack([np.sin(down) * np.sin(around), np.cos(down), np.sin(down) * np.cos(around)], -1)
    verts = (np.asarray(centre) + np.asarray(radius) * points)[:, :-1].reshape(-1, 3)
    uv = np.stack([square + 0.001 + 0.998 * u, 1 - v], -1).reshape(-1, 2)
    quads = []
    for r in range(rows - 1):
        for c in range(columns):
            ring = [(r, c), (r + 1, c), (r + 1, c + 1), (r, c + 1)]
            quads.append([(a * columns + b % columns, a * (columns + 1) + b) for a, b in ring])
    return verts, uv, quads


PIECES = (
    ("narrow_face", "skin", None, sphere((0, 0, 0), (8, 11, 9.5))),
    ("teeth_upper", "teeth_upper", (0.75, 0.5, 0.25), sphere((0, -3.5, 8), (2, 0.5, 1), 4, 8)),
    ("teeth_lower", "teeth_upper", (0.75, 0.5, 0.25), sphere((0, -4.8, 8), (2, 0.5, 1), 4, 8)),
    ("eyeball_l", "eyeball", (0.75, 0.25, 0.25), sphere((3.2, 3, 7.5), (1.2, 1.2, 1.2), 6, 10)),
    ("eyeball_r", "eyeball", (0.75, 0.0, 0.25), sphere((-3.2, 3, 7.5), (1.2, 1.2, 1.2), 6, 10)),
    ("tears_l", "clear", (0.25, 0.0, 0.125), sphere((3.2, 3, 9), (0.2, 0.2, 0.2), 3, 5)),
)


def small_parts() -> tuple[Part, ...]:
    parts, start = [], 0
    for name, kind, cell, (verts, _, _) in PIECES:
        parts.append(Part(name, start, start + len(verts), kind, cell))
        start += len(verts)
    return tuple(parts)


def offsets(verts: np.ndarray) -> dict[str, np.ndarray]:
    """Shapes of the tiny clone, centimetres."""
    lower = np.zeros(len(verts))
    for part in small_parts():
        if part.name == "teeth_lower":
            lower[part.start : part.stop] = 1
        if part.name == "narrow_face":
            y = verts[part.start : part.stop, 1]
            lower[part.start : part.stop] = ((-3 - y) / 3).clip(0, 1)
    c, s = np.cos(JAW_ANGLE), np.sin(JAW_ANGLE)
    turned = (verts - JAW_AXIS) @ np.array([[1, 0, 0], [0, c, s], [0, -s, c]]) + JAW_AXIS
    left = (verts[:, :1] > 0) * np.array([0, 0.4, 0.1])
    brow = np.exp(-((verts - [0, 6, 8]) ** 2).sum(1) / 8)[:, None]
    smile = np.exp(-((np.abs(verts) - [2.5, 4, 8]) ** 2).sum(1) / 4)[:, None] * [0.3, 0.5, -0.2]
    return {
        "jawOpen": lower[:, None] * (turned - verts),
        "browInnerUp_L": brow * left,
        "browInnerUp_R": brow * (np.array([0, 0.4, 0.1]) - left),
        "cheekRaiser_L": 0.2 * brow * left,
        "mouthSmile_L": smile * (verts[:, :1] > 0),
        "mouthSmile_R": smile * [-1, 1, 1] * (verts[:, :1] < 0),
        "identity000": 0.05 * verts,
        "identity001": verts * [0.05, 0, 0],
    }


def whole() -> tuple[np.ndarray, np.ndarray, list]:
    """Vertices, UV and quads of all pieces, counted from 0."""
    verts, uv, quads = [], [], []
    for *_, (v, t, q) in PIECES:
        start, first = sum(map(len, verts)), sum(map(len, uv))
        quads += [[(a + start, b + first) for a, b in quad] for quad in q]
        verts.append(v)
        uv.append(t)
    return np.concatenate(verts), np.concatenate(uv), quads


def write_clone(folder: Path) -> np.ndarray:
    """Write the clone; returns its vertices in centimetres."""
    folder = folder / "FaceXModel"
    folder.mkdir(parents=True)
    verts, uv, quads = whole()

    def positions(points):
        return [f"v {x:.7f} {y:.7f} {z:.7f}" for x, y, z in points]

    lines = [
        "# a comment",
        "mtllib none.mtl",
        *positions(verts),
        *(f"vt {u:.7f} {v:.7f}" for u, v in uv),
        "usemtl skin",
    ]
    lines += ["f " + " ".join(f"{a + 1}/{b + 1}/{a + 1}" for a, b in quad) for quad in quads]
    (folder / "generic_neutral_mesh.obj").write_text("\n".join(lines) + "\n", encoding="utf-8")
    for name, offset in offsets(verts).items():
        (folder / f"{name}.obj").write_text("\n".join(positions(verts + offset)) + "\n", encoding="utf-8")
    (folder / "another.obj").write_text("v 0 0 0\n", encoding="utf-8")
    skin = verts[: ROWS * COLUMNS]
    rows = np.concatenate([jaw_line(), np.random.default_rng(0).uniform(-4, 4, (51, 3)) + [0, 0, 9]])
    landmarks = [int(np.linalg.norm(skin - place, axis=1).argmin()) for place in rows]
    names = [name for name in offsets(verts) if not name.startswith("identity")]
    (folder / "vertex_indices.json").write_text(
        json.dumps({"idx_to_landmark_verts": landmarks, "expressions": names}), encoding="utf-8"
    )
    return verts


def jaw_line() -> np.ndarray:
    """Landmarks 0–16 on the rim of the sphere seen from the front, from the person's right to the left."""
    angle = np.linspace(np.pi + 0.1, 2 * np.pi - 0.1, 17)
    return np.stack([8 * np.cos(angle), 11 * np.sin(angle), np.zeros(17)], 1)
