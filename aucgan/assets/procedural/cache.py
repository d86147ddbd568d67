"""Keeps what is slow to build on disk, keyed by the source that builds it."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np


def cache_folder() -> Path:
    """``$AUCGAN_CACHE``, else ``~/.cache/aucgan``."""
    return Path(os.environ.get("AUCGAN_CACHE") or Path.home() / ".cache" / "aucgan")


@cache
def source_key(package: Path = Path(__file__).parent) -> str:
    """Hash of a package's source: another source, another file."""
    digest = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def cached_arrays(
    name: str, build: Callable[[], dict[str, np.ndarray]], package: Path = Path(__file__).parent
) -> dict[str, np.ndarray]:
    """Arrays from the disk cache, built and stored first if they are not there.

    A folder that cannot be written costs only time: the arrays are then built anew in every process.

    Args:
        name: What they are; part of the file name.
        build: Called without arguments; returns named arrays.
        package: Folder of the source that builds them.
    """
    path = cache_folder() / f"{name}-{source_key(package)}.npz"
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
