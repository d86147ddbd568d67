"""Reading and writing checkpoints: plain data only, complete or not there."""

from __future__ import annotations

import errno
import pickle
import re
import zipfile
from collections import OrderedDict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import torch
from mmengine.logging import HistoryBuffer
from torch import Tensor

from aucgan.engine.errors import CheckpointError
from aucgan.files.atomic import atomic_path

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
        CheckpointError: The disk refuses; what was there before is untouched.
    """
    try:
        with atomic_path(path) as temporary, temporary.open("wb") as file:
            torch.save(plain(content), file)
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


def plain(value: Any) -> Any:
    """Copy nested data, with everything that is no tensor as python's own types.

    So a checkpoint loads with ``weights_only`` in any PyTorch program, without a list of trusted classes.
    """
    if isinstance(value, Tensor):
        return value.detach().cpu()
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, np.ndarray):
        return value.tolist()
    if isinstance(value, HistoryBuffer):
        return {"history": value.data[0].tolist(), "counts": value.data[1].tolist()}
    if isinstance(value, dict):
        return _plain_dict(value)
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value] if isinstance(value, list) else tuple(plain(item) for item in value)
    if value is None or isinstance(value, (str, int, float, bool, bytes, complex)):
        return value
    return str(value)


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


def _plain_dict(value: dict) -> dict:
    items = ((key, plain(item)) for key, item in value.items())
    if not isinstance(value, OrderedDict):
        return dict(items)
    copied = OrderedDict(items)
    if hasattr(value, "_metadata"):  # versions of the modules' formats, which load_state_dict reads
        copied._metadata = plain(value._metadata)
    return copied


def _is_archive(path: Path) -> bool:
    return zipfile.is_zipfile(path)


def _damaged(path: Path) -> str:
    return f"{path} is truncated or not a PyTorch checkpoint; use another checkpoint of the run, or train again"
