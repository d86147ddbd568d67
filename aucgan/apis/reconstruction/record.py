"""What a run has done with a photo or video: ``NAME_record.json``, written last, when all other files are there."""

from __future__ import annotations

import errno
from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from aucgan.files.atomic import write_json
from aucgan.files.kept_files import load_json

FORMAT, VERSION = "aucgan-record", 1
RECORD_SUFFIX = "_record.json"
FULL = (errno.ENOSPC, errno.EDQUOT)


@dataclass(frozen=True)
class Record:
    """What was found and written.

    Attributes:
        faces: How many faces were written.
        refused: How many were found and taken for no human ones.
        saved: Kinds of files.
        files: Their names.
        words: What each face shows.
    """

    faces: int
    refused: int
    saved: Sequence[str]
    files: Sequence[str]
    words: Sequence[Sequence[str]]


def write_record(folder: Path, name: str, record: Record) -> None:
    """Write ``NAME_record.json``, atomically."""
    write_json(folder / f"{name}{RECORD_SUFFIX}", {"format": FORMAT, "version": VERSION, **asdict(record)})


def read_record(folder: Path, name: str, kinds: Collection[str]) -> Record | None:
    """What was done before; ``None`` where it was less than all kinds that are wanted, or files are gone."""
    try:
        content = load_json(folder / f"{name}{RECORD_SUFFIX}")
    except (FileNotFoundError, ValueError):
        return None
    if (content.pop("format", None), content.pop("version", None)) != (FORMAT, VERSION):
        return None
    try:
        record = Record(**content)
    except TypeError:
        return None
    there = all((folder / file).is_file() for file in record.files)
    return record if there and set(kinds) <= set(record.saved) else None
