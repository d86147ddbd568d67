"""The procedural head in FLAME's format, built once and kept on disk."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np

from aucgan.files.cache import cached_arrays
from aucgan.heads.head import Head, head_from_arrays
from aucgan.heads.procedural.contour import dynamic_contour, static_landmarks
from aucgan.heads.procedural.expression import column_names, expression_columns
from aucgan.heads.procedural.identity import identity_columns
from aucgan.heads.procedural.masks import uv_masks
from aucgan.heads.procedural.mesh import head_mesh
from aucgan.heads.procedural.pose_correctives import pose_columns
from aucgan.heads.procedural.skinning import PARENTS, joint_regressor, skinning_weights
from aucgan.registry import HEADS


@HEADS.register_module(name="procedural")
@cache
def procedural_head() -> Head:
    """The head sculpted by code, with 300 identity and 100 expression columns."""
    return head_from_arrays(cached_arrays("head", _build, Path(__file__).parent), "the built head")


def _build() -> dict[str, np.ndarray]:
    return _model() | _landmarks() | _chart()


def _model() -> dict[str, np.ndarray]:
    mesh = head_mesh()
    columns = np.concatenate([identity_columns(mesh), expression_columns(mesh)], axis=-1)
    n_identity = columns.shape[-1] - len(column_names())
    return {
        "v_template": _float(mesh.vertices),
        "faces": mesh.faces.astype(np.int64),
        "shapedirs": _float(columns),
        "posedirs": _float(pose_columns(mesh)),
        "j_regressor": _float(joint_regressor(mesh)),
        "parents": PARENTS.astype(np.int64),
        "weights": _float(skinning_weights(mesh)),
        "identity_names": np.array([f"identity{number}" for number in range(n_identity)]),
        "expression_names": np.array(column_names()),
        "vertex_parts": mesh.parts.astype("U12"),
        "jaw_turn_names": np.array([], dtype=np.str_),
        "jaw_turns": np.zeros((0, 3), np.float32),
    }


def _landmarks() -> dict[str, np.ndarray]:
    dynamic_faces, dynamic_weights = dynamic_contour()
    static_faces, static_weights = static_landmarks()
    return {
        "static_faces_idx": static_faces.astype(np.int64),
        "static_bary_coords": _float(static_weights),
        "dynamic_faces_idx": dynamic_faces.astype(np.int64),
        "dynamic_bary_coords": _float(dynamic_weights),
        "full_faces_idx": np.concatenate([dynamic_faces[0], static_faces]).astype(np.int64),
        "full_bary_coords": _float(np.concatenate([dynamic_weights[0], static_weights])),
    }


def _chart() -> dict[str, np.ndarray]:
    mesh = head_mesh()
    face_mask, face_eye_mask = uv_masks(mesh)
    return {
        "uv_coords": _float(mesh.uv),
        "uv_faces": mesh.uv_faces.astype(np.int64),
        "face_mask": face_mask,
        "face_eye_mask": face_eye_mask,
    }


def _float(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=np.float32)
