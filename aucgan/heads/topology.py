"""What is constant over all faces: triangles, UV layout and UV masks."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from PIL import Image

MASK_SIZE = 256


@dataclass(frozen=True)
class MeshTopology:
    """Triangles and UV maps of the head. Row 0 of a map is v = 1 (image order).

    Attributes:
        faces: Vertex indices, ``(F, 3)`` int64.
        uv_coords: UV vertices in [0, 1], v up, ``(VT, 2)`` float32.
        uv_faces: UV vertex indices of the same triangles, ``(F, 3)`` int64.
        face_mask: Skin of the face region including the eyes, in [0, 1], ``(256, 256)`` float32.
        face_eye_mask: Where displacement acts: the face without eyeballs and the inside of the mouth,
            ``(256, 256)`` float32.
        fixed_displacement: Constant correction along the normal in metres, ``(256, 256)`` float32.
    """

    faces: np.ndarray
    uv_coords: np.ndarray
    uv_faces: np.ndarray
    face_mask: np.ndarray
    face_eye_mask: np.ndarray
    fixed_displacement: np.ndarray


def read_obj_topology(path: str | Path) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Read the triangles and the UV layout of a Wavefront file.

    Returns:
        Faces ``(F, 3)`` int64, UV coordinates ``(VT, 2)`` float32 and UV faces ``(F, 3)`` int64.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A face has no UV indices or is no triangle.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no head template at {path}: see docs/weights.md for where to get it")
    uv_coords, corners = [], []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
        kind, *values = line.split() or [""]
        if kind == "vt":
            uv_coords.append([float(value) for value in values[:2]])
        elif kind == "f":
            indices = [value.split("/")[:2] for value in values]
            if len(indices) != 3 or any(len(pair) < 2 or not pair[1] for pair in indices):
                raise ValueError(f"{path}:{number}: a triangle 'f v/vt v/vt v/vt' was expected, not '{line}'")
            corners.append([[int(v), int(vt)] for v, vt in indices])
    if not corners or not uv_coords:
        raise ValueError(f"{path} has {len(corners)} faces and {len(uv_coords)} UV vertices; both are needed")
    index = np.asarray(corners, np.int64) - 1  # Wavefront counts from 1
    return index[..., 0].copy(), np.asarray(uv_coords, np.float32), index[..., 1].copy()


def read_mask(path: str | Path) -> np.ndarray:
    """A mask image, its first channel in [0, 1], at the size of all masks."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"no mask at {path}: see docs/weights.md for where to get it")
    image: Image.Image = Image.open(path)
    if image.mode not in ("L", "I;16"):
        image = image.convert("RGB").getchannel(0)
    if image.size != (MASK_SIZE, MASK_SIZE):
        image = image.resize((MASK_SIZE, MASK_SIZE), Image.Resampling.BOX)
    return np.asarray(image, np.float32) / (65535 if image.mode == "I;16" else 255)


def read_displacement(path: str | Path) -> np.ndarray:
    """A constant displacement map in metres."""
    if not Path(path).is_file():
        raise FileNotFoundError(f"no displacement map at {path}: see docs/weights.md for where to get it")
    array = np.load(path, allow_pickle=False).astype(np.float32).squeeze()
    if array.shape != (MASK_SIZE, MASK_SIZE):
        raise ValueError(f"{path} is {array.shape}; a displacement map of {(MASK_SIZE, MASK_SIZE)} was expected")
    return array
