"""The procedural head in FLAME's format, built once and kept on disk."""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.files.cache import cached_arrays
from aucgan.heads.flame_model import FlameModelArrays
from aucgan.heads.landmark_embedding import LandmarkEmbedding
from aucgan.heads.procedural.contour import dynamic_contour, static_landmarks
from aucgan.heads.procedural.expression import expression_columns
from aucgan.heads.procedural.identity import identity_columns
from aucgan.heads.procedural.masks import uv_masks
from aucgan.heads.procedural.mesh import head_mesh
from aucgan.heads.procedural.pose_correctives import pose_columns
from aucgan.heads.procedural.skinning import PARENTS, joint_regressor, skinning_weights
from aucgan.heads.topology import MeshTopology


def _float(array: np.ndarray) -> np.ndarray:
    return np.ascontiguousarray(array, dtype=np.float32)


def _build_model() -> dict[str, np.ndarray]:
    mesh = head_mesh()
    columns = np.concatenate([identity_columns(mesh), expression_columns(mesh)], axis=-1)
    return {
        "v_template": _float(mesh.vertices),
        "faces": mesh.faces.astype(np.int64),
        "shapedirs": _float(columns),
        "posedirs": _float(pose_columns(mesh)),
        "j_regressor": _float(joint_regressor(mesh)),
        "parents": PARENTS.astype(np.int64),
        "weights": _float(skinning_weights(mesh)),
    }


def _build_landmarks() -> dict[str, np.ndarray]:
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


def _build_topology() -> dict[str, np.ndarray]:
    mesh = head_mesh()
    face_mask, face_eye_mask = uv_masks(mesh)
    return {
        "faces": mesh.faces.astype(np.int64),
        "uv_coords": _float(mesh.uv),
        "uv_faces": mesh.uv_faces.astype(np.int64),
        "face_mask": face_mask,
        "face_eye_mask": face_eye_mask,
        "fixed_displacement": np.zeros_like(face_mask),
    }


@cache
def procedural_flame_model() -> FlameModelArrays:
    """The generated head with 300 identity and 100 expression columns."""
    return FlameModelArrays(**cached_arrays("head-model", _build_model))


@cache
def procedural_landmarks() -> LandmarkEmbedding:
    """The 68 landmarks of the generated head."""
    return LandmarkEmbedding(**cached_arrays("head-landmarks", _build_landmarks))


@cache
def procedural_topology() -> MeshTopology:
    """Triangles, UV layout and UV masks of the generated head."""
    return MeshTopology(**cached_arrays("head-topology", _build_topology))


@cache
def vertex_parts() -> np.ndarray:
    """Part of every vertex: skin, lip_upper, lip_lower, lid_rim, mouth, teeth, tongue, ear or eyeball, ``(V,)``."""
    return cached_arrays("head-parts", lambda: {"parts": head_mesh().parts.astype("U12")})["parts"]
