"""Files that are either complete or not there: temporary name, fsync, rename."""

from __future__ import annotations

import errno
import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from aucgan.files.renaming import replace

TEMPORARY_SUFFIX = ".part"
CANNOT_FLUSH = (errno.EINVAL, errno.ENOTSUP)


@contextmanager
def atomic_path(path: str | Path) -> Iterator[Path]:
    """Give a temporary path to write to, and rename it to ``path`` when the block ends well.

    The contents are on the disk before the name exists, so a crash at any moment leaves either the old file or
    the new one. When the block fails, the temporary file is removed and ``path`` is untouched.
    """
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    unique = f"{os.getpid()}-{secrets.token_hex(4)}"  # whoever else writes the file writes one of his own
    temporary = path.with_name(f".{path.name}.{unique}{TEMPORARY_SUFFIX}{path.suffix}")
    try:
        yield temporary
        _sync(temporary)
        replace(temporary, path)
        _sync_folder(path.parent)
    finally:
        temporary.unlink(missing_ok=True)


def write_text(path: str | Path, text: str) -> None:
    """Write a text, atomically."""
    with atomic_path(path) as temporary:
        temporary.write_text(text, encoding="utf-8")


def remove_unfinished(folder: str | Path) -> None:
    """Remove what a process that was killed while writing into a folder has left."""
    for path in Path(folder).glob(f".*{TEMPORARY_SUFFIX}*"):
        path.unlink(missing_ok=True)


def write_json(path: str | Path, content: Any) -> None:
    """Write ``content`` as indented JSON, atomically."""
    write_text(path, json.dumps(content, indent=2, ensure_ascii=False) + "\n")


def _sync(path: Path) -> None:
    """Flush a file to the disk; Windows flushes only what is open for writing."""
    handle = os.open(path, os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def _sync_folder(path: Path) -> None:
    """Flush a folder's list of names to the disk, where the system can: Windows cannot, nor can some network disks."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except PermissionError:
        return
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in CANNOT_FLUSH:
            raise
    finally:
        os.close(handle)
