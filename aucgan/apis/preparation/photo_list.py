"""The photos of a folder, in an order and with names that depend on nothing but the path of each."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from aucgan.apis.reconstruction.sources import find_sources

NAME_LENGTH, DIGEST_LENGTH = 40, 10
"""Letters of a file's own name, and of its path's hash, that a sample's name keeps."""


@dataclass(frozen=True)
class SourcePhoto:
    """A photo to prepare.

    Attributes:
        path: The file.
        key: Its path below the folder of the photos, with slashes on every system.
    """

    path: Path
    key: str

    @cached_property
    def digest(self) -> str:
        """Hash of ``key``: decides its place in the order, and to which part it belongs."""
        return hashlib.sha256(self.key.encode("utf-8", "surrogateescape")).hexdigest()

    @property
    def name(self) -> str:
        """Name of the sample: readable, without a dot, and no two photos of a folder share it."""
        stem = re.sub(r"[^A-Za-z0-9_-]+", "_", Path(self.key).stem)[:NAME_LENGTH]
        return f"{stem}-{self.digest[:DIGEST_LENGTH]}"

    @property
    def aliases(self) -> Iterator[str]:
        """What tables may call it, the most exact first: its path and its name, with and without the suffix."""
        path = Path(self.key)
        yield from (self.key, path.with_suffix("").as_posix(), path.name, path.stem)


@dataclass(frozen=True)
class Part:
    """A share of the photos.

    Attributes:
        number: From 1.
        count: How many there are.
    """

    number: int = 1
    count: int = 1

    def __post_init__(self) -> None:
        if not 1 <= self.number <= self.count:
            raise ValueError(f"a part is K/N with 1 ≤ K ≤ N, such as 2/8; got {self}")

    @classmethod
    def of(cls, text: str) -> Part:
        """From ``K/N``.

        Raises:
            ValueError: The text is something else.
        """
        found = re.fullmatch(r"(\d+)/(\d+)", text)
        if not found:
            raise ValueError(f"a part is K/N with 1 ≤ K ≤ N, such as 2/8; got {text}")
        return cls(int(found[1]), int(found[2]))

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def has(self, photo: SourcePhoto) -> bool:
        """Whether a photo belongs to it; other photos do not matter for that.

        Parts are ranges of hashes: one after the other, they have the order of the whole.
        """
        return int(photo.digest[:12], 16) * self.count >> 48 == self.number - 1


def list_photos(root: Path, left_out: Path, part: Part) -> list[SourcePhoto]:
    """The photos of a part, by their hashes: an order as good as a random one, which all machines agree on.

    Args:
        root: Folder of the photos, looked into at all depths; or one photo.
        left_out: A folder that is not looked into: that of the results.
        part: The share.

    Raises:
        FileNotFoundError: There is no such folder, or no photo in it.
    """
    sources = find_sources(root, left_out)
    photos = (SourcePhoto(path, path.relative_to(sources.root).as_posix()) for path in sources.photos)
    return sorted((photo for photo in photos if part.has(photo)), key=lambda photo: photo.digest)
