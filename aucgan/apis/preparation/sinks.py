"""Where samples are written to."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from aucgan.apis.preparation.outcome import PreparedFace


class SampleSink(ABC):
    """Takes samples of one part.

    Args:
        out: Folder of the data set.
        quality: Of the JPEGs.
    """

    def __init__(self, out: Path, quality: int) -> None:
        self.out, self.quality = out, quality

    @abstractmethod
    def go_on(self, position: Any) -> None:
        """Continue after the last thing that counts; ``None``: begin."""

    @abstractmethod
    def write(self, faces: Sequence[PreparedFace]) -> Any:
        """Write samples; they are on the disk when it returns.

        Returns:
            Where to go on, as plain data.
        """

    @abstractmethod
    def finish(self) -> Any:
        """All samples are written; where to go on if more come one day."""


class FolderSink(SampleSink):
    """A file for each thing, in folders by kind; a sample that was written before is written over."""

    def go_on(self, position: Any) -> None:
        """Nothing is left open."""

    def write(self, faces: Sequence[PreparedFace]) -> None:
        """See :class:`SampleSink`."""
        for face in faces:
            for (kind, suffix), content in face.files(self.quality).items():
                _write(self.out / kind / f"{face.name}{suffix}", content)

    def finish(self) -> None:
        """Nothing is left to do."""


def _write(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk; one that is cut off is not in the journal, and made anew."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
