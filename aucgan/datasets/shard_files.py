"""Samples in tar files, as WebDataset lays them out, read in any order."""

from __future__ import annotations

import io
import tarfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aucgan.datasets.sample_files import KINDS, FileState, FolderFiles, SampleFile, SampleFiles
from aucgan.files.array_file import save_arrays
from aucgan.files.kept_files import kept_arrays

FOLDER = "shards"
INDEX_SUFFIX = ".index.npz"
BLOCK = tarfile.BLOCKSIZE
NOWHERE = -1
_IMAGES = "images"


def member_name(name: str, kind: str, suffix: str) -> str:
    """What a sample's file is called in a tar file: ``NAME.jpg`` for the photo, ``NAME.masks.png`` and the like."""
    return f"{name}{suffix}" if kind == _IMAGES else f"{name}.{kind}{suffix}"


def column_of(member: str) -> tuple[str, str] | None:
    """Name of the sample and kind with suffix (``masks.png``) of a member; ``None`` for what is no file of ours."""
    name, _, rest = member.partition(".")
    if f".{rest}" in KINDS[_IMAGES]:
        return name, f"{_IMAGES}.{rest}"
    kind, _, suffix = rest.partition(".")
    return (name, rest) if f".{suffix}" in KINDS.get(kind, ()) else None


@dataclass(frozen=True)
class Member:
    """A file in a tar file.

    Attributes:
        name: Its name there.
        offset: Where its bytes begin.
        size: How many there are.
    """

    name: str
    offset: int
    size: int

    @property
    def end(self) -> int:
        """Where the next member begins."""
        return self.offset + -(-self.size // BLOCK) * BLOCK


def members_of(file: Path | io.BytesIO) -> list[Member]:
    """The members of a tar file, found by going through it.

    Raises:
        ValueError: It is damaged.
    """
    try:
        name, stream = (file, None) if isinstance(file, Path) else (None, file)
        with tarfile.open(name=name, fileobj=stream, mode="r:", encoding="utf-8") as archive:
            return [Member(info.name, info.offset_data, info.size) for info in archive if info.isfile()]
    except (tarfile.TarError, EOFError) as error:
        raise ValueError(f"{file} is damaged or no tar file ({error})") from error


@dataclass(frozen=True)
class ShardMember:
    """A file of a sample in a shard.

    Attributes:
        path: The shard.
        member: The file in it.
    """

    path: Path
    member: Member

    @property
    def suffix(self) -> str:
        """See :class:`~aucgan.datasets.sample_files.SampleFile`."""
        return Path(self.member.name).suffix

    def read_bytes(self) -> bytes:
        """All of it.

        Raises:
            ValueError: The shard is cut off.
        """
        with self.path.open("rb") as file:
            file.seek(self.member.offset)
            content = file.read(self.member.size)
        if len(content) != self.member.size:
            raise ValueError(f"{self.path} is cut off within {self.member.name}: prepare it anew")
        return content

    def __str__(self) -> str:
        return f"{self.path}:{self.member.name}"


@dataclass(frozen=True)
class ShardIndex:
    """Where in a shard everything is.

    Attributes:
        names: Of the samples, ``(n,)`` bytes.
        columns: Kinds with suffixes, such as ``masks.png``, ``(C,)``.
        places: Offset and size of each, −1 where there is none, ``(n, C, 2)`` int64.
    """

    names: np.ndarray
    columns: np.ndarray
    places: np.ndarray

    @classmethod
    def of(cls, members: Iterable[Member]) -> ShardIndex:
        """From all members of a shard, in their order."""
        samples: dict[str, dict[str, Member]] = {}
        for member in members:
            found = column_of(member.name)
            if found is not None:
                samples.setdefault(found[0], {})[found[1]] = member
        columns = sorted({column for files in samples.values() for column in files})
        places = np.full((len(samples), len(columns), 2), NOWHERE, np.int64)
        for row, files in enumerate(samples.values()):
            for column, member in files.items():
                places[row, columns.index(column)] = member.offset, member.size
        return cls(np.array([name.encode() for name in samples], np.bytes_), np.array(columns, np.str_), places)

    @classmethod
    def read(cls, shard: Path) -> ShardIndex:
        """The index beside a shard; where it is missing or of another file, the shard is gone through.

        Raises:
            ValueError: The shard is damaged.
        """
        arrays = kept_arrays(index_file(shard)) or {}
        fields = ("names", "columns", "places", "bytes")
        if not arrays.keys() >= {*fields} or int(arrays["bytes"]) != shard.stat().st_size:
            return cls.of(members_of(shard))
        return cls(*(arrays[name] for name in fields[:3]))

    def write(self, file: Path, size: int) -> None:
        """Write it; ``size``: bytes of the shard."""
        save_arrays(file, dict(names=self.names, columns=self.columns, places=self.places, bytes=np.array(size)))


def index_file(shard: Path) -> Path:
    """Where the index of a shard lies."""
    return shard.with_name(shard.name.removesuffix(".tar") + INDEX_SUFFIX)


class ShardFiles(SampleFiles):
    """Files of samples in ``shards/*.tar``.

    Args:
        root: Folder of the data set.

    Raises:
        ValueError: A shard is damaged.
    """

    def __init__(self, root: Path) -> None:
        super().__init__(root)
        self.shards = sorted((root / FOLDER).glob("*.tar"))
        self._indices = [ShardIndex.read(shard) for shard in self.shards]
        self._rows = {
            name.decode(): (number, row)
            for number, index in enumerate(self._indices)
            for row, name in enumerate(index.names.tolist())
        }

    def find(self, kind: str, name: str) -> ShardMember | None:
        """See :class:`~aucgan.datasets.sample_files.SampleFiles`."""
        number, row = self._rows.get(name, (NOWHERE, NOWHERE))
        if number == NOWHERE:
            return None
        index = self._indices[number]
        for suffix in KINDS[kind]:
            column = np.flatnonzero(index.columns == kind + suffix)
            if len(column) and index.places[row, column[0], 0] != NOWHERE:
                offset, size = index.places[row, column[0]].tolist()
                return ShardMember(self.shards[number], Member(member_name(name, kind, suffix), offset, size))
        return None

    def state(self, file: SampleFile) -> FileState:
        """See :class:`~aucgan.datasets.sample_files.SampleFiles`."""
        assert isinstance(file, ShardMember)
        name = f"{file.path.relative_to(self.root).as_posix()}:{file.member.name}"
        return FileState(name, file.member.size, file.path.stat().st_mtime_ns)


def files_of(root: Path) -> SampleFiles:
    """The files of a data set, in shards where it has any."""
    return ShardFiles(root) if (root / FOLDER).is_dir() else FolderFiles(root)


def packed(members: Sequence[tuple[str, bytes]], name: str) -> tuple[bytes, list[Member]]:
    """A sample as WebDataset's writer writes it, without the end of the archive.

    Args:
        members: How each file's name goes on after the sample's and a dot, and its content.
        name: The sample.

    Raises:
        ModuleNotFoundError: The library is not installed; the message has the command.
    """
    try:
        from webdataset import TarWriter
    except ImportError as error:
        raise ModuleNotFoundError("shards are written by webdataset: pip install 'aucgan[shards]'") from error
    content = io.BytesIO()
    with TarWriter(content, encoder=False, mtime=0.0) as writer:
        writer.write({"__key__": name, **dict(members)})
    content.seek(0)
    found = members_of(content)
    return content.getvalue()[: found[-1].end], found
