"""Samples into tar files, one after the other, byte for byte the same however often it was interrupted."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from aucgan.apis.preparation.outcome import PreparedFace
from aucgan.apis.preparation.photo_list import Part
from aucgan.apis.preparation.sinks import SampleSink
from aucgan.datasets.shard_files import BLOCK, FOLDER, Member, ShardIndex, index_file, member_name, members_of, packed
from aucgan.files.atomic import atomic_path

END = bytes(2 * BLOCK)
"""How a tar file ends."""


class ShardSink(SampleSink):
    """Fills one shard after the other; the last one grows under a hidden name until it is full or the part ends.

    Args:
        out: Folder of the data set.
        quality: Of the JPEGs.
        part: Whose shards they are.
        shard_size: Samples in a shard.
    """

    def __init__(self, out: Path, quality: int, part: Part, shard_size: int) -> None:
        super().__init__(out, quality)
        self.part, self.shard_size = part, shard_size
        self.number = self.samples = self.bytes = 0
        self._members: list[Member] = []

    def go_on(self, position: Any) -> None:
        """Forget what was written after ``position``, whether the shard was closed since or not."""
        found = position or dict(shard=0, samples=0, bytes=0)
        self.number, self.samples, self.bytes = found["shard"], found["samples"], found["bytes"]
        folder = self.out / FOLDER
        folder.mkdir(parents=True, exist_ok=True)
        if self.samples and self._path().is_file():
            self._path().rename(self._growing())
        kept = {self._path(number).name for number in range(self.number)}
        own = f"{self.part.number}-of-{self.part.count}-"
        for path in folder.glob(f"{own}*.tar"):
            if path.name not in kept:
                index_file(path).unlink(missing_ok=True)
                path.unlink()
        for path in folder.glob(f".{own}*.part"):
            if path != self._growing() or not self.samples:
                path.unlink()
        self._members = []
        if self.samples:
            os.truncate(self._growing(), self.bytes)
            self._members = members_of(self._growing())

    def write(self, faces: Sequence[PreparedFace]) -> Any:
        """See :class:`~aucgan.apis.preparation.sinks.SampleSink`."""
        rest = list(faces)
        while rest:
            fitting, rest = rest[: self.shard_size - self.samples], rest[self.shard_size - self.samples :]
            self._append(fitting)
            if self.samples == self.shard_size:
                self._close()
        return self._position()

    def finish(self) -> Any:
        """See :class:`~aucgan.apis.preparation.sinks.SampleSink`."""
        if self.samples:
            self._close()
        return self._position()

    def _append(self, faces: Sequence[PreparedFace]) -> None:
        with self._growing().open("ab") as file:
            for face in faces:
                content, members = packed(_members(face, self.quality), face.name)
                file.write(content)
                self._members += [replace(member, offset=member.offset + self.bytes) for member in members]
                self.bytes += len(content)
                self.samples += 1
            file.flush()
            os.fsync(file.fileno())

    def _close(self) -> None:
        """End the shard and give it its name, its index first."""
        growing, path = self._growing(), self._path()
        with growing.open("ab") as file:
            file.write(END)
            file.flush()
            os.fsync(file.fileno())
        with atomic_path(index_file(path)) as temporary:
            ShardIndex.of(self._members).write(temporary, growing.stat().st_size)
        growing.rename(path)
        self.number, self.samples, self.bytes, self._members = self.number + 1, 0, 0, []

    def _position(self) -> dict[str, int]:
        return dict(shard=self.number, samples=self.samples, bytes=self.bytes)

    def _path(self, number: int | None = None) -> Path:
        number = self.number if number is None else number
        return self.out / FOLDER / f"{self.part.number}-of-{self.part.count}-{number:06d}.tar"

    def _growing(self) -> Path:
        return self._path().with_name(f".{self._path().name}.part")


def _members(face: PreparedFace, quality: int) -> list[tuple[str, bytes]]:
    """Names without the sample's own, and contents; beside the files what ``samples.csv`` says."""
    files = [
        (member_name("", kind, suffix).removeprefix("."), content)
        for (kind, suffix), content in face.files(quality).items()
    ]
    return [*files, ("json", json.dumps(face.record()).encode("utf-8"))]
