"""Reading and writing checkpoints: plain data only, complete or not there."""

from __future__ import annotations

import errno
import pickle
import re
import zipfile
from collections import Counter, OrderedDict
from collections.abc import Iterator
from functools import singledispatch
from pathlib import Path, PurePath
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from torch import Tensor

from aucgan.files.atomic import atomic_path
from aucgan.process.errors import CheckpointError

FORMAT_VERSION = 1
"""Of what checkpoints hold under ``meta`` and ``state_dict``; it rises when older programs could misread them."""
RESUME_KEYS = ("meta", "state_dict", "message_hub", "optimizer")
FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_NAME = re.compile(r"iter_(\d+)\.pth")


def checkpoint_name(iteration: int) -> str:
    """File name of the checkpoint after ``iteration`` iterations."""
    return f"iter_{iteration}.pth"


def list_checkpoints(work_dir: str | Path) -> list[Path]:
    """The checkpoints of a run, the latest first."""
    found = [(int(match[1]), path) for path in Path(work_dir).glob("*.pth") if (match := _NAME.fullmatch(path.name))]
    return [path for _, path in sorted(found, reverse=True)]


def write_checkpoint(path: str | Path, content: dict) -> None:
    """Write a checkpoint atomically, after turning it into plain data.

    Raises:
        CheckpointError: The disk refuses, or there is something that a checkpoint cannot hold; what was there before
            is untouched.
    """
    content = plain(content)
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            torch.save(content, file)
    except (OSError, RuntimeError) as error:
        # torch hides what the disk said behind an error of its own
        cause = error.__context__ if isinstance(error.__context__, OSError) else error
        reason = getattr(cause, "strerror", None) or str(cause).splitlines()[0]
        hint = "free some space" if getattr(cause, "errno", None) in FULL else "check the disk and its rights"
        raise CheckpointError(
            f"cannot write {path}: {reason}; earlier checkpoints are untouched: {hint}, then continue with --resume"
        ) from error


def read_checkpoint(path: str | Path, map_location: Any = "cpu", for_resume: bool = False) -> dict:
    """Read a checkpoint without the power to run code.

    Args:
        path: The file.
        map_location: As in :func:`torch.load`.
        for_resume: Also require what a run needs to continue.

    Raises:
        CheckpointError: The file is missing, truncated, not a checkpoint, or lacks what ``for_resume`` requires.
    """
    path = Path(path)
    if not path.is_file():
        raise CheckpointError(f"no checkpoint at {path}")
    try:
        content = torch.load(path, map_location=map_location, weights_only=True)
    except pickle.UnpicklingError as error:
        if _is_archive(path):
            raise CheckpointError(
                f"{path} holds more than plain weights, and loading that could run code; "
                "convert it with tools/convert_weights.py or use a file written by tools/train.py"
            ) from error
        raise CheckpointError(_damaged(path)) from error
    except (RuntimeError, EOFError, ValueError, KeyError) as error:
        raise CheckpointError(_damaged(path)) from error
    missing = [
        key for key in (RESUME_KEYS if for_resume else ()) if not isinstance(content, dict) or key not in content
    ]
    if missing:
        raise CheckpointError(f"{path} is no checkpoint of a run to resume: it has no {', '.join(missing)}")
    if not isinstance(content, dict):
        raise CheckpointError(f"{path} holds a {type(content).__name__}, not a state dict")
    return content


def plain(value: Any, place: str = "") -> Any:
    """Copy nested data, with everything that is no tensor as python's own types, or PyTorch's.

    So a checkpoint loads with ``weights_only`` in any PyTorch program, without a list of trusted classes.

    Args:
        value: The data. NumPy's numbers and arrays, paths and mmengine's histories are converted, and classes derived
            from python's types (enumerations of numbers, named tuples) become those.
        place: Its key, for messages.

    Raises:
        CheckpointError: A value is of another type, which would not come back as it was; the message names its key.
    """
    return _plain(value, place)


@singledispatch
def _plain(value: Any, place: str) -> Any:
    raise CheckpointError(
        f"'{place}' is of type {type(value).__module__}.{type(value).__qualname__}, which a checkpoint cannot hold: "
        "keep it as a tensor, a number, a text, or a list or dict of them, or leave it out of the state"
    )


@_plain.register(type(None))
@_plain.register(bool)
@_plain.register(torch.dtype)
@_plain.register(torch.device)
def _(value: Any, place: str) -> Any:
    return value


@_plain.register(int)
@_plain.register(float)
@_plain.register(complex)
@_plain.register(bytes)
@_plain.register(str)
def _(value: Any, place: str) -> Any:
    kind = next(kind for kind in (int, float, complex, bytes, str) if isinstance(value, kind))
    return str.__str__(value) if kind is str else kind(value)


@_plain.register
def _(value: Tensor, place: str) -> Tensor:
    return value.detach().cpu()


@_plain.register
def _(value: np.generic, place: str) -> Any:
    item = value.item()
    return _plain.dispatch(object)(value, place) if isinstance(item, np.generic) else plain(item, place)


@_plain.register
def _(value: np.ndarray, place: str) -> Any:
    return plain(value.tolist(), place) if value.dtype.kind not in "biuf" else value.tolist()


@_plain.register
def _(value: PurePath, place: str) -> str:
    return str(value)


@_plain.register
def _(value: HistoryBuffer, place: str) -> dict:
    return {"history": value.data[0].tolist(), "counts": value.data[1].tolist()}


@_plain.register(list)
@_plain.register(tuple)
@_plain.register(set)
def _(value: Any, place: str) -> Any:
    kind = next(kind for kind in (list, tuple, set) if isinstance(value, kind))
    return kind(plain(item, f"{place}.{number}") for number, item in enumerate(value))


@_plain.register
def _(value: dict, place: str) -> dict:
    kind = next(kind for kind in (Counter, OrderedDict, dict) if isinstance(value, kind))
    start = f"{place}." if place else ""
    copied: Any = kind(
        {plain(key, f"{start}{key!r} (the key)"): plain(item, f"{start}{key}") for key, item in value.items()}
    )
    if hasattr(value, "_metadata"):  # versions of the modules' formats, which load_state_dict reads
        copied._metadata = plain(value._metadata, f"{place}._metadata")
    return copied


def history_buffers(scalars: dict) -> dict[str, HistoryBuffer]:
    """The inverse of :func:`plain` for the logged scalars of mmengine's message hub."""
    return {name: HistoryBuffer(entry["history"], entry["counts"]) for name, entry in scalars.items()}


def open_checkpoints(work_dir: str | Path) -> Iterator[tuple[Path, CheckpointError | None]]:
    """Go through a run's checkpoints from the latest, each with what is wrong with it."""
    for path in list_checkpoints(work_dir):
        try:
            read_checkpoint(path, for_resume=True)
            yield path, None
        except CheckpointError as error:
            yield path, error


def _is_archive(path: Path) -> bool:
    return zipfile.is_zipfile(path)


def _damaged(path: Path) -> str:
    return f"{path} is truncated or not a PyTorch checkpoint; use another checkpoint of the run, or train again"
