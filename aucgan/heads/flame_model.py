"""FLAME's linear model: the arrays, and where they are read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

N_IDENTITY, N_BLENDSHAPES, N_JOINTS = 300, 400, 5
"""Of the published model."""
N_POSE_FEATURES = 9 * (N_JOINTS - 1)


@dataclass(frozen=True)
class FlameModelArrays:
    """A head in FLAME's own format.

    Attributes:
        v_template: Rest vertices in metres, y up, z towards the viewer, ``(V, 3)`` float32.
        faces: Vertex indices of the triangles, ``(F, 3)`` int64.
        shapedirs: Offsets per unit coefficient, identity then expression columns, ``(V, 3, I + E)`` float32.
        posedirs: Offsets per entry of the pose feature, ``(V, 3, 36)`` float32.
        j_regressor: Joint positions as weighted sums of vertices, dense, ``(5, V)`` float32.
        parents: Parent of each joint (root, neck, jaw, left eye, right eye), −1 for the root, ``(5,)`` int64.
        weights: Skinning weights, rows sum to 1, ``(V, 5)`` float32.
        n_identity: How many of the columns are identity, I.
        hidden: Vertices that photos do not show (tongue, inside of the mouth), ``(V,)`` bool; None: not known.
    """

    v_template: np.ndarray
    faces: np.ndarray
    shapedirs: np.ndarray
    posedirs: np.ndarray
    j_regressor: np.ndarray
    parents: np.ndarray
    weights: np.ndarray
    n_identity: int = N_IDENTITY
    hidden: np.ndarray | None = None


def flame_arrays(fields: Mapping[str, object], name: str) -> FlameModelArrays:
    """Check the fields of a published FLAME file and bring them to our types.

    Args:
        fields: ``v_template f shapedirs posedirs J_regressor kintree_table weights`` as published; others
            are ignored.
        name: The file's name for error messages.

    Raises:
        ValueError: A field is missing or of another shape; the message names all of them.
    """
    from aucgan.files.model_file import check_shapes, dense

    wanted = ("v_template", "f", "shapedirs", "posedirs", "J_regressor", "kintree_table", "weights")
    missing = [key for key in wanted if key not in fields]
    if missing:
        raise ValueError(f"{name} is no FLAME model: it lacks {', '.join(missing)} and has {', '.join(sorted(fields))}")
    arrays = {key: dense(fields[key], key, name) for key in wanted}
    n_verts, n_faces = len(arrays["v_template"]), len(arrays["f"])
    shapes = {
        "v_template": (n_verts, 3),
        "f": (n_faces, 3),
        "shapedirs": (n_verts, 3, N_BLENDSHAPES),
        "posedirs": (n_verts, 3, N_POSE_FEATURES),
        "J_regressor": (N_JOINTS, n_verts),
        "kintree_table": (2, N_JOINTS),
        "weights": (n_verts, N_JOINTS),
    }
    check_shapes(arrays, shapes, name)
    faces = arrays["f"].astype(np.int64)
    if faces.min() < 0 or faces.max() >= n_verts:
        raise ValueError(f"{name}: f names vertex {faces.max()}, but there are {n_verts} vertices")
    parents = arrays["kintree_table"][0].astype(np.int64)
    parents[0] = -1  # the published file stores 2³² − 1
    floats: dict[str, Any] = {
        key: np.ascontiguousarray(arrays[key], np.float32) for key in wanted if key not in ("f", "kintree_table")
    }
    j_regressor = floats.pop("J_regressor")
    return FlameModelArrays(faces=faces, j_regressor=j_regressor, parents=parents, **floats)
