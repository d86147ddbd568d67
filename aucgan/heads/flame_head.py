"""Published files of FLAME as a head: the model, the 68 landmarks, the triangles' UV layout."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aucgan.heads.head import Head
from aucgan.heads.library import load_flame_model, load_landmarks, load_topology

MODELS: tuple[str, ...] = ("generic_model.pkl", "flame2023.pkl", "flame2023_no_jaw.pkl", "flame.npz")
LANDMARKS: tuple[str, ...] = ("landmark_embedding.npy", "landmarks.npz")
TEMPLATE = "head_template.obj"
MASKS = {"face_mask": "uv_face_mask.png", "face_eye_mask": "uv_face_eye_mask.png"}
EYES = (3, 4)
"""Joints of the eyeballs."""


def read_flame_folder(folder: str | Path) -> Head:
    """Put a head together from a folder with FLAME's model, DECA's landmark embedding and its ``head_template.obj``.

    The columns have no names of shapes; expressions are found through the dense landmarks, which the head gets from
    ``tools/embed_landmarks.py``. UV masks are taken where they are, else the whole map counts as face.

    Args:
        folder: Holds one of :data:`MODELS`, one of :data:`LANDMARKS` and :data:`TEMPLATE`.

    Raises:
        FileNotFoundError: One of the files is missing.
        ValueError: A file is damaged, or they do not belong together.
    """
    folder = Path(folder)
    model = load_flame_model(_one_of(folder, MODELS))
    masks = {kind: folder / file for kind, file in MASKS.items() if (folder / file).is_file()}
    topology = load_topology(_one_of(folder, (TEMPLATE,)), **masks)
    uv_faces = _in_the_order_of(model.faces, topology.faces, topology.uv_faces, folder / TEMPLATE)
    count = model.shapedirs.shape[-1] - model.n_identity
    eyes = model.weights[:, EYES].max(1) > 0.99
    return Head(
        **{name: getattr(model, name) for name in _MODEL_FIELDS},
        uv_coords=topology.uv_coords,
        uv_faces=uv_faces,
        face_mask=topology.face_mask,
        face_eye_mask=topology.face_eye_mask,
        identity_names=[f"shape{number:03d}" for number in range(model.n_identity)],
        expression_names=[f"expression{number:03d}" for number in range(count)],
        vertex_parts=np.where(eyes, "eyeball", "skin"),
        landmarks=load_landmarks(_one_of(folder, LANDMARKS)),
        dense_landmarks=None,
        jaw_turns={},
    )


_MODEL_FIELDS = ("v_template", "faces", "shapedirs", "posedirs", "j_regressor", "parents", "weights")


def _in_the_order_of(faces: np.ndarray, others: np.ndarray, uv_others: np.ndarray, path: Path) -> np.ndarray:
    """UV triangles ``(F, 3)`` of the faces, from a file that may list the same triangles in another order."""
    numbers = {tuple(sorted(face)): number for number, face in enumerate(others.tolist())}
    found = np.array([numbers.get(tuple(sorted(face)), -1) for face in faces.tolist()])
    if (found < 0).any():
        raise ValueError(f"{path} lacks {(found < 0).sum()} of the model's triangles: take the one that belongs to it")
    column = (others[found][:, None, :] == faces[:, :, None]).argmax(2)
    return np.take_along_axis(uv_others[found], column, axis=1)


def _one_of(folder: Path, names: tuple[str, ...]) -> Path:
    found = [folder / name for name in names if (folder / name).is_file()]
    if not found:
        raise FileNotFoundError(f"{folder} holds no {' or '.join(names)}: see docs/weights.md for where to get it")
    return found[0]
