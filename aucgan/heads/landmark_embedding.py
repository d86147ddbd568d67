"""The 68 landmarks as points on the mesh: face indices and barycentric weights."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

N_YAW_ROWS, N_CONTOUR, N_STATIC, N_LANDMARKS = 79, 17, 51, 68


@dataclass(frozen=True)
class LandmarkEmbedding:
    """Where the landmarks lie; every point is a face index with three barycentric weights.

    Attributes:
        static_faces_idx: Landmarks 17–67 (brows, nose, eyes, mouth), ``(51,)`` int64.
        static_bary_coords: ``(51, 3)`` float32.
        dynamic_faces_idx: Contour landmarks 0–16 by yaw: row y is y degrees, row 39 + k is −k degrees,
            ``(79, 17)`` int64.
        dynamic_bary_coords: ``(79, 17, 3)`` float32.
        full_faces_idx: All 68 with a contour that does not move, ``(68,)`` int64.
        full_bary_coords: ``(68, 3)`` float32.
    """

    static_faces_idx: np.ndarray
    static_bary_coords: np.ndarray
    dynamic_faces_idx: np.ndarray
    dynamic_bary_coords: np.ndarray
    full_faces_idx: np.ndarray
    full_bary_coords: np.ndarray


def landmark_arrays(fields: Mapping[str, object], name: str) -> LandmarkEmbedding:
    """Check the fields of a published landmark embedding and bring them to our types.

    Args:
        fields: ``{static,dynamic,full}_lmk_{faces_idx,bary_coords}`` as published.
        name: The file's name for error messages.

    Raises:
        ValueError: A field is missing or of another shape; the message names all of them.
    """
    from aucgan.files.model_file import check_shapes, dense

    rows = {"static": (N_STATIC,), "dynamic": (N_YAW_ROWS, N_CONTOUR), "full": (N_LANDMARKS,)}
    shapes = {f"{kind}_lmk_faces_idx": shape for kind, shape in rows.items()}
    shapes |= {f"{kind}_lmk_bary_coords": (*shape, 3) for kind, shape in rows.items()}
    missing = [key for key in shapes if key not in fields]
    if missing:
        raise ValueError(f"{name} is no landmark embedding: it lacks {', '.join(missing)}")
    arrays = {key: dense(fields[key], key, name) for key in shapes}
    for key in ("full_lmk_faces_idx", "full_lmk_bary_coords"):
        arrays[key] = arrays[key].reshape(shapes[key]) if arrays[key].size == np.prod(shapes[key]) else arrays[key]
    check_shapes(arrays, shapes, name)
    return LandmarkEmbedding(
        **{
            key.replace("_lmk", ""): np.ascontiguousarray(value, np.int64 if "faces" in key else np.float32)
            for key, value in arrays.items()
        }
    )
