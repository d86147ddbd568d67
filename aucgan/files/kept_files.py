"""Files that the library writes and reads again: whole, or named as damaged, or made anew as if they were not there."""

from __future__ import annotations

import io
import json
import logging
import zipfile
import zlib
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from aucgan.files.array_file import save_arrays
from aucgan.files.atomic import atomic_path

UNREADABLE = (OSError, EOFError, ValueError, RuntimeError, zipfile.BadZipFile, zlib.error)
"""What readers of arrays and texts raise at files that are cut off, altered or something else."""

T = TypeVar("T")


class Content(Protocol):
    """Something that holds the bytes of a file: a path, or a part of an archive."""

    def read_bytes(self) -> bytes:
        """All of them."""


_log = logging.getLogger(__name__)


def load_arrays(path: Content, names: Collection[str] | None = None) -> dict[str, np.ndarray]:
    """The arrays of an ``.npz`` file.

    Args:
        path: The file, or what holds its bytes.
        names: Those to read; ``None``: all.

    Raises:
        FileNotFoundError: There is no such file.
        KeyError: It lacks some of the names; the message says which it has.
        ValueError: It is damaged or something else.
    """
    try:
        with np.load(path if isinstance(path, Path) else io.BytesIO(path.read_bytes()), allow_pickle=False) as archive:
            lacking = [name for name in names or () if name not in archive.files]
            if not lacking:
                return {name: archive[name] for name in names or archive.files}
            found = archive.files
    except FileNotFoundError:
        raise
    except (*UNREADABLE, AttributeError, TypeError) as error:  # the last two: a lone array, which cannot be opened
        raise ValueError(f"{path} is damaged or no file of named arrays ({_reason(error)})") from error
    raise KeyError(f"{path} has no {lacking}; it has {found}")


def load_json(path: Path) -> dict:
    """The object of a ``.json`` file.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is damaged or holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise
    except UNREADABLE as error:
        raise ValueError(f"{path} is damaged or no JSON file ({_reason(error)})") from error
    if not isinstance(content, dict):
        raise ValueError(f"{path} should hold a JSON object, not a {type(content).__name__}")
    return content


def kept_arrays(path: Path) -> dict[str, np.ndarray] | None:
    """The arrays of an ``.npz`` file that can be made anew; ``None``, after a line of warning, if it is damaged."""
    return _kept(load_arrays, path)


def kept_json(path: Path) -> dict:
    """The object of a ``.json`` file that can be made anew; empty, after a line of warning, if it is damaged."""
    return _kept(load_json, path) or {}


def write_arrays(path: Path, arrays: Mapping[str, np.ndarray]) -> None:
    """Write an ``.npz`` file that is whole whenever it is there, however many processes write it at once."""
    with atomic_path(path) as temporary:
        save_arrays(temporary, arrays)


def _kept(load: Callable[[Path], T], path: Path) -> T | None:
    try:
        return load(path) if path.is_file() else None
    except ValueError as error:
        _log.warning("%s: it is made anew", error)
        return None


def _reason(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]
