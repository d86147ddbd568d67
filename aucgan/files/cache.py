"""Keeps what is slow to build on disk, keyed by the source that builds it."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path

import numpy as np

from aucgan.files.kept_files import kept_arrays, write_arrays


def cache_folder() -> Path:
    """``$AUCGAN_CACHE``, else ``~/.cache/aucgan``."""
    return Path(os.environ.get("AUCGAN_CACHE") or Path.home() / ".cache" / "aucgan")


@cache
def source_key(*folders: Path) -> str:
    """Hash of the sources in some folders: another source, another file."""
    digest = hashlib.sha256()
    for path in sorted(path for folder in folders for path in folder.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cached_arrays(name: str, build: Callable[[], dict[str, np.ndarray]], *folders: Path) -> dict[str, np.ndarray]:
    """Arrays from the disk cache, built and stored first if they are not there.

    A folder that cannot be written costs only time: the arrays are then built anew in every process. So are those of a
    damaged file, which is replaced.

    Args:
        name: What they are; part of the file name.
        build: Called without arguments; returns named arrays.
        folders: Of the sources that build them.
    """
    path = cache_folder() / f"{name}-{source_key(*folders)}.npz"
    arrays = kept_arrays(path)
    if arrays is None:
        arrays = build()
        with suppress(OSError):
            write_arrays(path, arrays)
    return arrays
