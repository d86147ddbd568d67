"""Anny's head, put together."""

from __future__ import annotations

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh, head_mesh
from aucgan.heads.anny.chart import build_chart, face_share
from aucgan.heads.anny.expression import column_names, expression_columns
from aucgan.heads.anny.identity import N_IDENTITY, build_identity
from aucgan.heads.anny.landmarks import contour, on_faces, static_vertices
from aucgan.heads.anny.pose import (
    JAW_SIDE,
    PARENTS,
    jaw_turn,
    joint_regressor,
    joints,
    pose_columns,
    skinning_weights,
)
from aucgan.heads.roundness import roundness
from aucgan.heads.uv_masks import head_masks


def build_anny_head() -> dict[str, np.ndarray]:
    """The arrays of the head, as :func:`aucgan.heads.head.head_from_arrays` takes them (about half a minute)."""
    mesh = head_mesh()
    identity = build_identity(mesh)
    template = identity.template
    shapes = expression_columns(mesh, template)
    angle, hinge = jaw_turn(mesh, template, shapes["jawOpen"])
    places = joints(mesh, template, hinge)
    turns = {"jawOpen": (angle, 0.0, 0.0), "jawLeft": (0.0, JAW_SIDE, 0.0), "jawRight": (0.0, -JAW_SIDE, 0.0)}
    arrays = {
        "v_template": template,
        "faces": mesh.faces,
        "shapedirs": np.concatenate([identity.columns, np.stack(list(shapes.values()), axis=-1)], axis=-1),
        "posedirs": pose_columns(mesh, template, shapes, angle),
        "j_regressor": joint_regressor(mesh, template, places),
        "parents": PARENTS,
        "weights": skinning_weights(mesh, template, places),
        "identity_names": np.array([f"person{number + 1:03d}" for number in range(N_IDENTITY)]),
        "expression_names": np.array(column_names()),
        "vertex_parts": mesh.parts,
        "jaw_turn_names": np.array(list(turns)),
        "jaw_turns": np.array(list(turns.values())),
    }
    arrays |= _chart(mesh, template) | _landmarks(mesh, template)
    return {key: value.astype(np.float32) if value.dtype == np.float64 else value for key, value in arrays.items()}


def _chart(mesh: HeadMesh, template: np.ndarray) -> dict[str, np.ndarray]:
    uv_coords, uv_faces = build_chart(mesh, template)
    eyes, inside = mesh.parts == "eyeball", mesh.islands != "skin"
    face_mask, face_eye_mask = head_masks(uv_coords[uv_faces], mesh.faces, face_share(mesh, template), eyes, inside)
    fixed = roundness(template, mesh.faces, uv_coords[uv_faces], ~inside) * face_eye_mask
    masks = {"face_mask": face_mask, "face_eye_mask": face_eye_mask, "fixed_displacement": fixed}
    return {"uv_coords": uv_coords, "uv_faces": uv_faces, **masks}


def _landmarks(mesh: HeadMesh, template: np.ndarray) -> dict[str, np.ndarray]:
    static_faces, static_weights = on_faces(mesh, static_vertices(mesh))
    dynamic_faces, dynamic_weights = contour(mesh, template)
    return {
        "static_faces_idx": static_faces,
        "static_bary_coords": static_weights,
        "dynamic_faces_idx": dynamic_faces,
        "dynamic_bary_coords": dynamic_weights,
        "full_faces_idx": np.concatenate([dynamic_faces[0], static_faces]),
        "full_bary_coords": np.concatenate([dynamic_weights[0], static_weights]),
    }
