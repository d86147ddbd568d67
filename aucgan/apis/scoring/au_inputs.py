"""What an AU network is shown of faces on disk: renders as they are, meshes from the front."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from torch import Tensor

from aucgan.apis.photos import read_photo
from aucgan.apis.scoring.frontal_view import FrontalView, read_coloured_mesh
from aucgan.apis.scoring.mesh_files import MESH_SUFFIXES, find_landmarks, read_seven_landmarks
from aucgan.datasets.face_folder import IMAGE_SUFFIXES

KINDS = {"meshes": MESH_SUFFIXES, "renders": IMAGE_SUFFIXES}
"""Kinds of input and their files' suffixes."""


@dataclass(frozen=True)
class InputOptions:
    """Which files, and how they are shown.

    Attributes:
        kind: ``renders``, ``meshes``, or ``auto``: meshes where there are any, since textures lie beside them.
        suffix: What follows a face's name in the name of its file.
        bare: Draw meshes without their colours: geometry alone.
        image_size: Side of the pictures.
        crop: Share of a render's side to keep, round the centre.
        skip_missing: Go on without faces that have no file.
    """

    kind: str = "auto"
    suffix: str = ""
    bare: bool = False
    image_size: int = 112
    crop: float = 1.0
    skip_missing: bool = False


def find_faces(folder: Path, names: Sequence[str], options: InputOptions) -> tuple[str, dict[str, Path], list[str]]:
    """Which file shows which face.

    Returns:
        ``renders`` or ``meshes``, files by the face's name, and the names that have none.

    Raises:
        FileNotFoundError: The folder does not exist, or faces have no file.
    """
    if not folder.is_dir():
        raise FileNotFoundError(f"{folder} is no folder")
    found = {kind: _files(folder, names, options.suffix, suffixes) for kind, suffixes in KINDS.items()}
    kind = options.kind if options.kind != "auto" else ("meshes" if found["meshes"] else "renders")
    missing = [name for name in names if name not in found[kind]]
    if missing and not (options.skip_missing and found[kind]):
        example = f"{missing[0]}{options.suffix}{KINDS[kind][0]}"
        raise FileNotFoundError(
            f"{folder} lacks {len(missing)} of {len(names)} {kind}, such as {example} (--skip-missing scores the rest; "
            "--split, --suffix and --kind choose what is looked for)"
        )
    return kind, found[kind], missing


def _files(folder: Path, names: Sequence[str], suffix: str, kinds: Sequence[str]) -> dict[str, Path]:
    candidates = {name: [folder / f"{name}{suffix}{kind}" for kind in kinds] for name in names}
    return {name: path for name, paths in candidates.items() if (path := next(filter(Path.is_file, paths), None))}


def pictures(kind: str, files: Sequence[Path], options: InputOptions) -> Iterator[Tensor]:
    """What the network is shown of each file, ``(3, S, S)`` in [0, 1].

    Raises:
        FileNotFoundError: Meshes have no landmarks beside them.
        ValueError: A file is no picture or mesh.
    """
    size = options.image_size
    if kind == "renders":
        yield from (read_photo(path, (size, size), options.crop)[0] for path in files)
        return
    marks = [find_landmarks(path, options.suffix) for path in files]
    absent = [str(path) for path, mark in zip(files, marks, strict=True) if mark is None]
    if absent:
        raise FileNotFoundError(
            f"{len(absent)} meshes have no landmarks beside them, such as {absent[0]}: seven points in "
            f"{Path(absent[0]).stem}.txt turn the face to the front (docs/evaluation.md)"
        )
    view = FrontalView(size, options.bare)
    for path, mark in zip(files, (mark for mark in marks if mark is not None), strict=True):
        yield view(read_coloured_mesh(path), read_seven_landmarks(mark))
