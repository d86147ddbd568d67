"""Files that appear whole or not at all."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from aucgan.files.renaming import replace


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
    stage = Path(tempfile.mkdtemp(prefix=".export-", dir=folder))
    try:
        yield stage
        for file in sorted(stage.iterdir()):
            replace(file, folder / file.name)
    finally:
        shutil.rmtree(stage, ignore_errors=True)
