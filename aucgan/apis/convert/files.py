"""Writing converted files: complete or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import safetensors.numpy

from aucgan.files.array_file import save_arrays
from aucgan.files.renaming import replace


def write_npz(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write arrays to ``.npz``.

    Raises:
        ValueError: The path has another suffix.
    """
    with _replacing(path, ".npz") as temporary, temporary.open("wb") as file:
        save_arrays(file, arrays)


@dataclass(frozen=True)
class Weights:
    """What one ``.safetensors`` file holds.

    Attributes:
        arrays: Arrays by key.
        words: A few words about them: strings by name.
    """

    arrays: Mapping[str, np.ndarray]
    words: Mapping[str, str]


def write_safetensors(files: Mapping[Path, Weights]) -> None:
    """Write ``.safetensors`` files; if one cannot be written, none is.

    Raises:
        ValueError: A path has another suffix.
    """
    with ExitStack() as replacements:
        for path, weights in files.items():
            temporary = replacements.enter_context(_replacing(path, ".safetensors"))
            contiguous = {key: np.asarray(array, order="C") for key, array in weights.arrays.items()}
            safetensors.numpy.save_file(contiguous, temporary, metadata=dict(weights.words))


@contextmanager
def _replacing(path: Path, suffix: str) -> Iterator[Path]:
    """Hand out a temporary neighbour of ``path`` that takes its place on success."""
    if path.suffix != suffix:
        raise ValueError(f"the result is written as {suffix}, but DST is {path}: end it with {suffix}")
    if path.is_dir():
        raise IsADirectoryError(f"{path} is a folder: name a file to write")
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        yield temporary
        replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
