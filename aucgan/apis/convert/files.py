"""Writing converted files: complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import safetensors.numpy


def write_npz(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to ``.npz``.

    Raises:
        ValueError: The path has another suffix.
    """
    with _replacing(path, ".npz") as temporary, temporary.open("wb") as file:
        np.savez(file, **arrays)


def write_safetensors(path: Path, arrays: Mapping[str, np.ndarray], metadata: Mapping[str, str]) -> None:
    """Write arrays to ``.safetensors`` with a few words about them.

    Raises:
        ValueError: The path has another suffix.
    """
    contiguous = {key: np.asarray(array, order="C") for key, array in arrays.items()}
    with _replacing(path, ".safetensors") as temporary:
        safetensors.numpy.save_file(contiguous, temporary, metadata=dict(metadata))


@contextmanager
def _replacing(path: Path, suffix: str) -> Iterator[Path]:
    """Hand out a temporary neighbour of ``path`` that takes its place on success."""
    if path.suffix != suffix:
        raise ValueError(f"the result is written as {suffix}, but DST is {path}: end it with {suffix}")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
