"""Reading a clone of ICT-FaceKit [1]: Wavefront files of the neutral face, of its identities and its expressions.

[1] Li, Kuang, Zhao, He, Bladin & Li, Dynamic facial asset and rig generation from a single scan, SIGGRAPH Asia 2020;
    https://github.com/USC-ICT/ICT-FaceKit, MIT licence, © 2020 USC Institute for Creative Technologies.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

MODEL_FOLDER, NEUTRAL, INDICES = "FaceXModel", "generic_neutral_mesh.obj", "vertex_indices.json"
N_LANDMARKS = 68
CENTIMETRE = 0.01
"""The files count in centimetres."""


@dataclass(frozen=True)
class IctClone:
    """What the files hold; metres, x to the person's left, y up, z out of the face.

    Attributes:
        verts: Neutral vertices, ``(V, 3)`` float64.
        faces: Vertex indices of triangles, quads are split, ``(F, 3)`` int64.
        uv: ``(T, 2)`` float64; each material has its own unit square.
        uv_faces: ``(F, 3)`` int64.
        identity: Offsets of one standard deviation, ``(K, V, 3)`` float32.
        expression: Offsets at full weight, ``(E, V, 3)`` float32.
        expression_names: The shapes' names as the files say, such as ``mouthSmile_L``.
        landmarks: Vertices of iBUG's 68 points, ``(68,)`` int64.
        ignored: Wavefront files of another mesh.
    """

    verts: np.ndarray
    faces: np.ndarray
    uv: np.ndarray
    uv_faces: np.ndarray
    identity: np.ndarray
    expression: np.ndarray
    expression_names: list[str]
    landmarks: np.ndarray
    ignored: list[str]


def read_clone(folder: str | Path) -> IctClone:
    """Read a clone.

    Args:
        folder: The repository, or ``FaceXModel`` in it.

    Raises:
        FileNotFoundError: A file is missing; the message says where the clone comes from.
        ValueError: A file is damaged or does not fit the others.
    """
    folder = _model_folder(Path(folder))
    verts, faces, uv, uv_faces = _read_neutral(folder / NEUTRAL)
    names, ignored, offsets = [], [], {}
    for path in sorted(folder.glob("*.obj")):
        if path.name == NEUTRAL:
            continue
        shape = _positions(path, path.read_bytes().splitlines())
        if len(shape) != len(verts):
            ignored.append(path.name)
            continue
        names.append(path.stem)
        offsets[path.stem] = (CENTIMETRE * shape - verts).astype(np.float32)
    identities = [name for name in names if re.fullmatch(r"identity\d+", name)]
    expressions = [name for name in names if name not in identities]
    landmarks = _read_landmarks(folder / INDICES, len(verts), expressions)
    return IctClone(
        verts=verts,
        faces=faces,
        uv=uv,
        uv_faces=uv_faces,
        identity=_stack(offsets, identities, len(verts)),
        expression=_stack(offsets, expressions, len(verts)),
        expression_names=expressions,
        landmarks=landmarks,
        ignored=ignored,
    )


def _model_folder(folder: Path) -> Path:
    for place in (folder, folder / MODEL_FOLDER):
        if (place / NEUTRAL).is_file():
            for file in (NEUTRAL, INDICES):
                if not (place / file).is_file():
                    raise FileNotFoundError(f"{place / file} is missing: the clone is incomplete, make it again")
            return place
    raise FileNotFoundError(
        f"{folder} holds no {MODEL_FOLDER}/{NEUTRAL}: git clone https://github.com/USC-ICT/ICT-FaceKit, "
        "and name its folder"
    )


def _stack(offsets: dict[str, np.ndarray], names: list[str], count: int) -> np.ndarray:
    return np.stack([offsets[name] for name in names]) if names else np.zeros((0, count, 3), np.float32)


def _read_neutral(path: Path) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Vertices in metres, triangles, UV vertices and UV triangles."""
    lines = path.read_bytes().splitlines()
    verts = CENTIMETRE * _positions(path, lines)
    uv = _numbers(path, (line[3:] for line in lines if line.startswith(b"vt ")), 2)
    corners = [triangle for line in lines if line.startswith(b"f ") for triangle in _triangles(path, line)]
    index = np.array(corners, np.int64).reshape(-1, 3, 2) - 1  # Wavefront counts from 1
    for what, column, count in (("vertex", 0, len(verts)), ("UV vertex", 1, len(uv))):
        if not len(index) or index[..., column].min() < 0 or index[..., column].max() >= count:
            raise ValueError(f"{path}: faces must name {what} 1…{count}: the file is damaged")
    return verts, index[..., 0].copy(), uv, index[..., 1].copy()


def _triangles(path: Path, line: bytes) -> list[list[list[int]]]:
    """Corners (vertex, UV vertex) of the fan of triangles that a face line is."""
    try:
        corners = [[int(part) for part in corner.split(b"/")[:2]] for corner in line.split()[1:]]
        if min(len(corner) for corner in corners) < 2 or len(corners) < 3:
            raise ValueError("too few")
    except ValueError as error:
        raise ValueError(
            f"{path}: a face 'f v/vt v/vt v/vt …' was expected, not '{line.decode(errors='replace')}'"
        ) from error
    return [[corners[0], corners[k], corners[k + 1]] for k in range(1, len(corners) - 1)]


def _positions(path: Path, lines: list[bytes]) -> np.ndarray:
    return _numbers(path, (line[2:] for line in lines if line.startswith(b"v ")), 3)


def _numbers(path: Path, rows: Iterable[bytes], width: int) -> np.ndarray:
    """The first ``width`` numbers of each row, ``(N, width)``."""
    try:
        return np.array([row.split()[:width] for row in rows], np.float64).reshape(-1, width)
    except ValueError as error:
        raise ValueError(f"{path}: {width} numbers a line were expected ({error}): the file is damaged") from error


def _read_landmarks(path: Path, count: int, expressions: list[str]) -> np.ndarray:
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        landmarks = np.array(content["idx_to_landmark_verts"], np.int64)
        missing = [name for name in content.get("expressions", []) if name not in expressions]
    except (json.JSONDecodeError, KeyError, TypeError, ValueError) as error:
        raise ValueError(f"{path}: idx_to_landmark_verts with 68 vertices was expected ({error!r})") from error
    if landmarks.shape != (N_LANDMARKS,) or landmarks.min() < 0 or landmarks.max() >= count:
        raise ValueError(f"{path}: 68 landmark vertices below {count} were expected, got shape {landmarks.shape}")
    if missing:
        raise FileNotFoundError(f"{path.parent} lacks {', '.join(f'{name}.obj' for name in missing)}: clone it again")
    return landmarks
