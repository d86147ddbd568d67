"""The files of samples, wherever they are stored."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

KINDS: dict[str, tuple[str, ...]] = {
    "images": (".png", ".jpg", ".jpeg"),
    "landmarks": (".npy", ".txt"),
    "landmarks468": (".npy",),
    "masks": (".png",),
    "truth": (".npz",),
    "codes": (".npz",),
}
"""What a sample may have, with the suffixes of its files, the first that exists counts."""


class SampleFile(Protocol):
    """A file of a sample; a path is one."""

    @property
    def suffix(self) -> str:
        """How its name ends, from the last dot on."""

    def read_bytes(self) -> bytes:
        """All of it."""


@dataclass(frozen=True)
class FileState:
    """A file as it is now.

    Attributes:
        name: Relative to the folder of the data set.
        size: Bytes.
        mtime_ns: Time of its last change.
    """

    name: str
    size: int
    mtime_ns: int


class SampleFiles(ABC):
    """Finds the files of samples.

    Args:
        root: Folder of the data set.
    """

    def __init__(self, root: Path) -> None:
        self.root = root

    @abstractmethod
    def find(self, kind: str, name: str) -> SampleFile | None:
        """A file of a sample; ``None`` where it has none of this kind.

        Args:
            kind: Of :data:`KINDS`.
            name: The sample.
        """

    @abstractmethod
    def state(self, file: SampleFile) -> FileState:
        """What a file is called, its size and age."""

    def get(self, kind: str, name: str) -> SampleFile:
        """A file that every sample must have.

        Raises:
            FileNotFoundError: It does not exist.
        """
        file = self.find(kind, name)
        if file is None:
            names = " or ".join(name + suffix for suffix in KINDS[kind])
            raise FileNotFoundError(f"{self.root} has no {kind}/{names}: every photo needs its file")
        return file


class FolderFiles(SampleFiles):
    """Files in the folders ``images``, ``landmarks`` and so on."""

    def find(self, kind: str, name: str) -> Path | None:
        """See :class:`SampleFiles`."""
        paths = (self.root / kind / (name + suffix) for suffix in KINDS[kind])
        return next((path for path in paths if path.is_file()), None)

    def state(self, file: SampleFile) -> FileState:
        """See :class:`SampleFiles`."""
        assert isinstance(file, Path)
        found = file.stat()
        return FileState(file.relative_to(self.root).as_posix(), found.st_size, found.st_mtime_ns)
