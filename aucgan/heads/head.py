"""A head: everything that is constant over all faces, in one object and in one file."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import numpy as np

from aucgan.files.array_file import save_arrays
from aucgan.files.model_file import check_shapes
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.flame_model import N_JOINTS, N_POSE_FEATURES, FlameModelArrays
from aucgan.heads.landmark_embedding import N_CONTOUR, N_LANDMARKS, N_STATIC, N_YAW_ROWS, LandmarkEmbedding
from aucgan.heads.topology import MASK_SIZE, MeshTopology

_INDICES = ("faces", "parents", "uv_faces", "static_faces_idx", "dynamic_faces_idx", "full_faces_idx")
_NAMES = ("identity_names", "expression_names")
_FIXED = "fixed_displacement"
_OPTIONAL = ("dense_landmarks", _FIXED)
_DENSE = ("dense_faces_idx", "dense_bary_coords")

HIDDEN_PARTS = ("mouth", "tongue")
"""Parts that photos hardly ever show."""


@dataclass(frozen=True)
class Head:
    """A head in FLAME's format, with its charts, masks, landmarks and names.

    Frame: metres, x to the person's left, y up, z out of the face. Arrays are float32 or int64.

    Attributes:
        v_template: Mean head, ``(V, 3)``.
        faces: Triangles, counter-clockwise seen from outside, ``(F, 3)``.
        shapedirs: Offsets per unit coefficient, identity then expression columns, ``(V, 3, I + E)``.
        posedirs: Offsets per entry of the pose feature, ``(V, 3, 36)``.
        j_regressor: Joints as weighted sums of vertices, ``(5, V)``.
        parents: Parent of root, neck, jaw, left and right eye, ``(5,)``.
        weights: Skinning weights, ``(V, 5)``.
        uv_coords: ``(T, 2)`` in [0, 1], v up.
        uv_faces: UV vertices of the triangles, ``(F, 3)``.
        face_mask: The face including the eyes, ``(256, 256)`` in [0, 1]; row 0 is v = 1.
        face_eye_mask: Where displacement acts, ``(256, 256)`` in [0, 1].
        identity_names: Names of the identity columns, length I.
        expression_names: Names of the expression columns, length E.
        vertex_parts: Name of the part of each vertex, ``(V,)``.
        landmarks: The 68 landmarks on this mesh.
        dense_landmarks: The 468 MediaPipe points on this mesh; ``None`` where nobody has found them yet.
        jaw_turns: Jaw rotation (axis-angle, radians) that makes the same as an expression column does, by its name. Use
            one of the two: they add up.
        fixed_displacement: How far the skin lies over the triangles, along the normal, ``(256, 256)`` metres; ``None``
            where the triangles are fine enough.
    """

    v_template: np.ndarray
    faces: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    j_regressor: np.ndarray
    parents: np.ndarray
    weights: np.ndarray
    uv_coords: np.ndarray
    uv_faces: np.ndarray
    face_mask: np.ndarray
    face_eye_mask: np.ndarray
    identity_names: list[str]
    expression_names: list[str]
    vertex_parts: np.ndarray
    landmarks: LandmarkEmbedding
    dense_landmarks: DenseLandmarks | None
    jaw_turns: dict[str, tuple[float, float, float]]
    fixed_displacement: np.ndarray | None = None

    @property
    def n_identity(self) -> int:
        """Number of identity columns."""
        return len(self.identity_names)

    def columns(self, *names: str) -> np.ndarray:
        """Offsets of named expression columns, ``(V, 3, len(names))`` metres.

        Raises:
            ValueError: The head has no such column; the message names those it has.
        """
        unknown = [name for name in names if name not in self.expression_names]
        if unknown:
            raise ValueError(f"no expression column {', '.join(unknown)}; there are {', '.join(self.expression_names)}")
        return self.shapedirs[..., [self.n_identity + self.expression_names.index(name) for name in names]]

    @property
    def hidden(self) -> np.ndarray:
        """Vertices that photos hardly ever show, ``(V,)`` bool."""
        return np.isin(self.vertex_parts, HIDDEN_PARTS)

    def flame_arrays(self) -> FlameModelArrays:
        """The head as :class:`~aucgan.models.face_models.flame.FLAME` reads it."""
        return FlameModelArrays(**{field.name: getattr(self, field.name) for field in fields(FlameModelArrays)})

    def topology(self) -> MeshTopology:
        """Triangles, UV layout and masks."""
        chart = (self.faces, self.uv_coords, self.uv_faces, self.face_mask, self.face_eye_mask)
        fixed = self.fixed_displacement
        return MeshTopology(*chart, fixed_displacement=np.zeros_like(self.face_mask) if fixed is None else fixed)

    def arrays(self) -> dict[str, np.ndarray]:
        """Everything as arrays by name, as a head's file holds it."""
        arrays = {name: getattr(self, name) for name in _shapes(self)}
        arrays |= {name: np.array(getattr(self, name), dtype=np.str_) for name in _NAMES}
        arrays["vertex_parts"] = self.vertex_parts
        arrays |= {name: getattr(self.landmarks, name) for name in _landmark_shapes()}
        if self.dense_landmarks is not None:
            arrays |= dict(zip(_DENSE, (self.dense_landmarks.faces, self.dense_landmarks.weights), strict=True))
        if self.fixed_displacement is not None:
            arrays[_FIXED] = self.fixed_displacement
        arrays["jaw_turn_names"] = np.array(list(self.jaw_turns), dtype=np.str_)
        arrays["jaw_turns"] = np.array(list(self.jaw_turns.values()), dtype=np.float32).reshape(-1, 3)
        return arrays

    def save(self, path: str | Path) -> None:
        """Write the head to one ``.npz``."""
        save_arrays(path, self.arrays(), compress=True)

    def with_dense_landmarks(self, landmarks: DenseLandmarks) -> Head:
        """The head with its 468 points.

        Raises:
            ValueError: They name faces that the head does not have.
        """
        landmarks.check(len(self.faces), "the dense landmarks")
        return replace(self, dense_landmarks=landmarks)


def _shapes(head: Head | dict[str, np.ndarray]) -> dict[str, tuple[int, ...]]:
    get: Callable[[str], Any] = head.get if isinstance(head, dict) else lambda name: getattr(head, name)
    verts, faces, uvs = (len(get(name)) for name in ("v_template", "faces", "uv_coords"))
    columns = len(get("identity_names")) + len(get("expression_names"))
    return {
        "v_template": (verts, 3),
        "faces": (faces, 3),
        "shapedirs": (verts, 3, columns),
        "posedirs": (verts, 3, N_POSE_FEATURES),
        "j_regressor": (N_JOINTS, verts),
        "parents": (N_JOINTS,),
        "weights": (verts, N_JOINTS),
        "uv_coords": (uvs, 2),
        "uv_faces": (faces, 3),
        "face_mask": (MASK_SIZE, MASK_SIZE),
        "face_eye_mask": (MASK_SIZE, MASK_SIZE),
    }


def _landmark_shapes() -> dict[str, tuple[int, ...]]:
    rows = {"static": (N_STATIC,), "dynamic": (N_YAW_ROWS, N_CONTOUR), "full": (N_LANDMARKS,)}
    shapes = {f"{kind}_faces_idx": shape for kind, shape in rows.items()}
    return shapes | {f"{kind}_bary_coords": (*shape, 3) for kind, shape in rows.items()}


def head_from_arrays(arrays: dict[str, np.ndarray], name: str) -> Head:
    """Check the arrays of a head and put them together.

    Args:
        arrays: As :meth:`Head.arrays` gives them; the dense landmarks and the fixed displacement may lack.
        name: The file's name for error messages.

    Raises:
        ValueError: An array lacks, has another shape, or names a vertex or a face that does not exist.
    """
    needed = [field.name for field in fields(Head) if field.name not in ("landmarks", *_OPTIONAL)]
    needed += [*_landmark_shapes(), "jaw_turn_names"]
    missing = sorted(set(needed) - set(arrays))
    if missing:
        raise ValueError(f"{name} is no head: it lacks {', '.join(missing)}; see docs/head.md for its fields")
    shapes = _shapes(arrays) | _landmark_shapes()
    shapes |= {"vertex_parts": shapes["v_template"][:1], "jaw_turns": (len(arrays["jaw_turn_names"]), 3)}
    if _FIXED in arrays:
        shapes[_FIXED] = shapes["face_mask"]
    check_shapes(arrays, shapes, name)
    typed: dict[str, Any] = {
        key: np.ascontiguousarray(arrays[key], np.int64 if key in _INDICES else np.float32)
        for key in shapes
        if key != "vertex_parts"
    }
    limits = {key: "faces" for key in _INDICES if key.endswith("idx")}
    limits |= {"faces": "v_template", "uv_faces": "uv_coords"}
    for key, of in limits.items():
        if typed[key].min() < 0 or typed[key].max() >= len(typed[of]):
            raise ValueError(f"{name}: {key} names entry {typed[key].max()} of {of}, which has {len(typed[of])}")
    landmarks = LandmarkEmbedding(**{key: typed.pop(key) for key in _landmark_shapes()})
    turns = [(float(x), float(y), float(z)) for x, y, z in typed.pop("jaw_turns")]
    typed |= {key: [str(one) for one in arrays[key]] for key in _NAMES}
    head = Head(
        **typed,
        vertex_parts=arrays["vertex_parts"],
        landmarks=landmarks,
        dense_landmarks=None,
        jaw_turns=dict(zip((str(one) for one in arrays["jaw_turn_names"]), turns, strict=True)),
    )
    if all(key in arrays for key in _DENSE):
        dense_faces, dense_weights = (arrays[key] for key in _DENSE)
        return head.with_dense_landmarks(DenseLandmarks.from_arrays(dense_faces, dense_weights, name))
    return head


def read_head(path: str | Path) -> Head:
    """Read a head's file, without the power to run code.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no head.
    """
    path = Path(path)
    if not path.is_file():
        raise FileNotFoundError(f"no head at {path}: give 'anny' or the path of a converted .npz (docs/head.md)")
    try:
        with np.load(path, allow_pickle=False) as stored:
            arrays = {key: stored[key] for key in stored.files}
    except (ValueError, zipfile.BadZipFile, AttributeError) as error:
        raise ValueError(f"{path} is no head: {error}") from error
    return head_from_arrays(arrays, str(path))
