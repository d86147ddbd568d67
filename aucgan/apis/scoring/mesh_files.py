"""Meshes and landmarks of any method, from files."""

from __future__ import annotations

import csv
import json
import xml.etree.ElementTree as ElementTree
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import trimesh

from aucgan.evaluation.scans.now_protocol import SEVEN_LANDMARKS, SEVEN_OF_68

MESH_SUFFIXES = (".obj", ".ply", ".glb", ".gltf", ".off", ".stl")
LANDMARK_SUFFIXES = (".txt", ".npy", ".json", ".pp")
N_68 = 68


@dataclass(frozen=True)
class MeshPair:
    """One reconstruction and the scan that it is measured against.

    Attributes:
        name: How the pair is called in reports.
        mesh: File of the reconstruction.
        scan: File of the scan.
        mesh_landmarks: File of its landmarks.
        scan_landmarks: File of its landmarks.
    """

    name: str
    mesh: Path
    scan: Path
    mesh_landmarks: Path
    scan_landmarks: Path


def read_mesh(path: Path) -> tuple[np.ndarray, np.ndarray]:
    """Vertices ``(V, 3)`` and triangles ``(F, 3)`` of a mesh file; no triangles for a point cloud.

    Raises:
        ValueError: The file cannot be read as a mesh, or a coordinate is not finite.
    """
    mesh = load_geometry(path)
    verts, faces = np.asarray(mesh.vertices, dtype=np.float64), np.asarray(getattr(mesh, "faces", np.zeros((0, 3))))
    if not len(verts) or not np.isfinite(verts).all():
        raise ValueError(f"{path} has no vertices, or some that are not finite")
    return verts, faces.astype(np.int64)


def load_geometry(path: Path) -> trimesh.Trimesh | trimesh.PointCloud:
    """The mesh or point cloud of a file; several parts are joined.

    Raises:
        ValueError: trimesh cannot read the file.
    """
    try:
        loaded: Any = trimesh.load(path, process=False)
        return loaded.to_mesh() if isinstance(loaded, trimesh.Scene) else loaded
    except (ValueError, KeyError, IndexError, TypeError, AttributeError, NotImplementedError) as error:
        raise ValueError(f"{path} cannot be read as a mesh ({type(error).__name__}: {error})") from error


def read_seven_landmarks(path: Path) -> np.ndarray:
    """The seven landmarks of the NoW challenge, ``(7, 3)``, in the mesh's frame and unit.

    ``.txt``: a line ``x y z`` for each; ``.npy``: the same array; ``.json``: a list of them, or an object whose keys
    are the names in :data:`aucgan.evaluation.scans.now_protocol.SEVEN_LANDMARKS`; ``.pp``: points picked in MeshLab, in
    this order. A file of all 68 iBUG landmarks does too: the seven are picked out of them.

    Raises:
        ValueError: The file holds something else.
    """
    try:
        points = np.asarray(_READERS[path.suffix.lower()](path), dtype=np.float64)
    except (ValueError, KeyError, TypeError, ElementTree.ParseError) as error:
        raise ValueError(f"{path} holds no landmarks ({type(error).__name__}: {error})") from error
    if points.shape == (N_68, 3):
        points = points[list(SEVEN_OF_68)]
    if points.shape != (len(SEVEN_LANDMARKS), 3) or not np.isfinite(points).all():
        raise ValueError(f"{path}: expected 7 (or 68) finite points x y z, got {points.shape}: {SEVEN_LANDMARKS}")
    return points


def _read_json(path: Path) -> list:
    content = json.loads(path.read_text(encoding="utf-8"))
    return [content[name] for name in SEVEN_LANDMARKS] if isinstance(content, dict) else content


def _read_picked_points(path: Path) -> list[list[float]]:
    points = ElementTree.parse(path).getroot().iter("point")
    return [[float(point.attrib[axis]) for axis in "xyz"] for point in points]


_READERS: dict[str, Callable[[Path], Any]] = {
    ".txt": np.loadtxt,
    ".npy": lambda path: np.load(path, allow_pickle=False),
    ".json": _read_json,
    ".pp": _read_picked_points,
}


def find_meshes(folder: Path) -> dict[str, Path]:
    """Mesh files of a folder and its subfolders, by their path below it without the suffix.

    Of two files that differ in the suffix alone, it is the one whose suffix comes first in :data:`MESH_SUFFIXES`.

    Raises:
        FileNotFoundError: There is no such folder, or no mesh in it.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    files = [path for path in folder.rglob("*") if path.suffix.lower() in MESH_SUFFIXES and path.is_file()]
    if not files:
        raise FileNotFoundError(f"{folder} holds no mesh ({', '.join(MESH_SUFFIXES)})")
    found: dict[str, Path] = {}
    for path in sorted(files, key=lambda p: (p.with_suffix(""), MESH_SUFFIXES.index(p.suffix.lower()), p)):
        found.setdefault(path.relative_to(folder).with_suffix("").as_posix(), path)
    return found


def find_landmarks(mesh: Path, suffix: str = "") -> Path | None:
    """The landmark file beside a mesh ``NAME.obj``: ``NAME.txt`` or ``NAME_landmarks.txt`` (``.npy``, …).

    Args:
        mesh: The mesh file.
        suffix: End of the mesh's stem that its landmarks need not share: ``_dense`` finds ``NAME_landmarks.txt`` for
            ``NAME_dense.obj``.
    """
    stems = dict.fromkeys((mesh.stem, mesh.stem.removesuffix(suffix)))
    names = [f"{stem}{end}{kind}" for stem in stems for end in ("", "_landmarks") for kind in LANDMARK_SUFFIXES]
    return next((mesh.with_name(name) for name in names if mesh.with_name(name).is_file()), None)


def pair_meshes(
    predictions: Path, scans: Path, suffix: str = "", listed: Path | None = None, skip_missing: bool = False
) -> tuple[list[MeshPair], list[str]]:
    """Which mesh is measured against which scan.

    Args:
        predictions: Folder of the reconstructions.
        scans: Folder of the scans.
        suffix: What follows a scan's name in the name of its reconstruction.
        listed: CSV with the columns ``prediction`` and ``scan``, paths below the folders; without it every scan is
            paired with the mesh of the same name. One scan may stand in several rows.
        skip_missing: Leave out pairs with missing files instead of refusing them.

    Returns:
        The pairs, and what is missing, in words.

    Raises:
        FileNotFoundError: Files are missing (all are named), or no pair is left.
        ValueError: The list lacks a column.
    """
    wanted = _listed_pairs(predictions, scans, listed) if listed else _pairs_by_name(predictions, scans, suffix)
    pairs, missing = [], []
    for name, mesh, scan in wanted:
        mesh_marks, scan_marks = marks = find_landmarks(mesh, suffix), find_landmarks(scan)
        lacks = [str(path) for path in (mesh, scan) if not path.is_file()]
        lacks += [f"landmarks of {p} ({p.stem}.txt, …)" for p, m in zip((mesh, scan), marks, strict=True) if m is None]
        missing += lacks
        if not lacks and mesh_marks is not None and scan_marks is not None:
            pairs.append(MeshPair(name, mesh, scan, mesh_marks, scan_marks))
    if (missing and not skip_missing) or not pairs:
        raise FileNotFoundError(
            f"{len(missing)} missing: {'; '.join(missing[:8])}{'; …' if len(missing) > 8 else ''} "
            "(docs/evaluation.md has the layout; --skip-missing measures the rest)"
        )
    return pairs, missing


def _pairs_by_name(predictions: Path, scans: Path, suffix: str) -> list[tuple[str, Path, Path]]:
    meshes = find_meshes(predictions)
    absent = {name: predictions / f"{name}{suffix}.obj" for name in find_meshes(scans)}
    return [(name, meshes.get(name + suffix, absent[name]), scan) for name, scan in find_meshes(scans).items()]


def _listed_pairs(predictions: Path, scans: Path, listed: Path) -> list[tuple[str, Path, Path]]:
    with listed.open(newline="", encoding="utf-8") as file:
        rows: Sequence[Mapping[str, str]] = list(csv.DictReader(file))
    if not rows or not {"prediction", "scan"} <= rows[0].keys():
        raise ValueError(f"{listed} needs a header with the columns prediction and scan, and at least one row")
    return [(row["prediction"], predictions / row["prediction"], scans / row["scan"]) for row in rows]
