"""What is done of a part: a file that grows by a line for some photos whose samples are on the disk."""

from __future__ import annotations

import json
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aucgan.apis.preparation.outcome import PhotoOutcome
from aucgan.apis.preparation.photo_list import Part
from aucgan.files.atomic import write_text

FOLDER = "parts"
FORMAT, VERSION = "aucgan-preparation", 1


@dataclass
class JournalContent:
    """What a journal says.

    Attributes:
        part: Whose it is.
        settings: With which the photos were prepared.
        photos: What became of each, as :meth:`~aucgan.apis.preparation.outcome.PhotoOutcome.record` has it.
        position: What the writer of the samples noted last.
        complete: No photo of the part is missing.
    """

    part: Part
    settings: dict[str, Any]
    photos: list[dict[str, Any]] = field(default_factory=list)
    position: Any = None
    complete: bool = False


class Journal:
    """The journal of a part, opened to go on.

    Args:
        out: Folder of the data set.
        part: The part.
        settings: As plain data.

    Raises:
        ValueError: The folder holds parts that were prepared with other settings, or in another number.
    """

    def __init__(self, out: Path, part: Part, settings: dict[str, Any]) -> None:
        self.path = out / FOLDER / f"{part.number}-of-{part.count}.jsonl"
        for content in read_journals(out):
            _check(content, part, settings, out)
        if not self.path.is_file():
            write_text(self.path, json.dumps(_header(part, settings)) + "\n")
        self.content, whole = read_journal(self.path)
        if whole < self.path.stat().st_size:  # a line that was cut off
            os.truncate(self.path, whole)

    @property
    def done(self) -> set[str]:
        """Keys of the photos."""
        return {photo["photo"] for photo in self.content.photos}

    def add(self, outcomes: Sequence[PhotoOutcome], position: Any) -> None:
        """Note photos whose samples are on the disk."""
        records = [outcome.record() for outcome in outcomes]
        self._append(dict(photos=records, position=position))
        self.content.photos += records
        self.content.position, self.content.complete = position, False

    def complete(self, position: Any) -> None:
        """Note that no photo is missing."""
        if not self.content.complete or self.content.position != position:
            self._append(dict(complete=True, position=position))
        self.content.position, self.content.complete = position, True

    def _append(self, line: dict[str, Any]) -> None:
        with self.path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line, ensure_ascii=True) + "\n")
            file.flush()
            os.fsync(file.fileno())


def read_journals(out: Path) -> list[JournalContent]:
    """The journals of all parts, by their numbers.

    Raises:
        ValueError: One is damaged.
    """
    contents = [read_journal(path)[0] for path in (out / FOLDER).glob("*-of-*.jsonl")]
    return sorted(contents, key=lambda content: (content.part.count, content.part.number))


def read_journal(path: Path) -> tuple[JournalContent, int]:
    """A journal, and how many of its bytes are whole lines.

    Raises:
        ValueError: It is damaged, or something else.
    """
    text = path.read_bytes()
    whole = text.rfind(b"\n") + 1
    try:
        header, *lines = [json.loads(line) for line in text[:whole].splitlines()]
        if (header["format"], header["version"]) != (FORMAT, VERSION):
            raise ValueError(f"expected {FORMAT} {VERSION}")
        content = JournalContent(Part(*header["part"]), header["settings"])
        for line in lines:
            content.photos += line.get("photos", [])
            content.position, content.complete = line["position"], bool(line.get("complete"))
    except (ValueError, KeyError, TypeError) as error:
        raise ValueError(f"{path} is damaged or no journal of a preparation ({error}): delete it") from error
    return content, whole


def _header(part: Part, settings: dict[str, Any]) -> dict[str, Any]:
    return dict(format=FORMAT, version=VERSION, part=[part.number, part.count], settings=settings)


def _check(content: JournalContent, part: Part, settings: dict[str, Any], out: Path) -> None:
    before = content.settings
    changes = [f"{k}={before.get(k)!r}, not {v!r}" for k, v in settings.items() if before.get(k) != v]
    if changes:
        raise ValueError(
            f"{out} was prepared with other settings ({'; '.join(changes)}): ask for the same, delete it, or choose "
            "another folder"
        )
    if content.part.count != part.count:
        raise ValueError(f"{out} is prepared in {content.part.count} parts: go on with --part K/{content.part.count}")
