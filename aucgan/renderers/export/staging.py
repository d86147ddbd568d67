"""Files that appear whole or not at all."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aucgan.files.renaming import replace

PREFIX = ".export-"


@contextmanager
def staged(folder: str | Path) -> Iterator[Path]:
    """A temporary folder whose files move into ``folder`` when the block ends without an error.

    Args:
        folder: Destination; made when it does not exist.

    Yields:
        The folder to write into. On the same disk, so that each move is atomic.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    stage = Path(tempfile.mkdtemp(prefix=f"{PREFIX}{os.getpid()}-", dir=folder))
    try:
        yield stage
        for file in sorted(stage.iterdir()):
            replace(file, folder / file.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)


def remove_abandoned(folder: str | Path) -> None:
    """Remove what processes that were killed while they wrote into a folder have left.

    What a process that still runs is writing stays; so does everything on Windows, which does not say who runs.
    """
    for stage in Path(folder).glob(f"{PREFIX}*-*"):
        number = stage.name.removeprefix(PREFIX).split("-")[0]
        if os.name == "posix" and number.isdigit() and not _runs(int(number)):
            shutil.rmtree(stage, ignore_errors=True)


def _runs(process: int) -> bool:
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
