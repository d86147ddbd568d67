"""Keeps what is slow to build on disk, keyed by the source that builds it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np

BUILDERS = ("heads", "datasets/procedural/skin", "datasets/procedural/relief")
"""Rooms of the package whose files build what is kept."""


def cache_folder() -> Path:
    """``$AUCGAN_CACHE``, else ``~/.cache/aucgan``."""
    return Path(os.environ.get("AUCGAN_CACHE") or Path.home() / ".cache" / "aucgan")


@cache
def source_key() -> str:
    """Hash of the source that builds: another source, another file."""
    digest = hashlib.sha256()
    package = Path(__file__).parents[1]
    for path in sorted(p for room in BUILDERS for p in (package / room).glob("**/*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cached_arrays(name: str, build: Callable[[], dict[str, np.ndarray]]) -> dict[str, np.ndarray]:
    """Arrays from the disk cache, built and stored first if they are not there.

    A folder that cannot be written costs only time: the arrays are then built anew in every process.

    Args:
        name: What they are; part of the file name.
        build: Called without arguments; returns named arrays.
    """
    path = cache_folder() / f"{name}-{source_key()}.npz"
    if path.is_file():
        with np.load(path, allow_pickle=False) as stored:
            return {key: stored[key] for key in stored.files}
    arrays = build()
    try:
        _write(path, arrays)
    except OSError:
        return arrays
    return arrays


def _write(path: Path, arrays: dict[str, np.ndarray]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            np.savez(file, **arrays)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
