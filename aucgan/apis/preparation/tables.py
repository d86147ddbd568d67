"""From the journals of all parts to the tables of the data set."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from aucgan.apis.preparation.identities import split_persons
from aucgan.apis.preparation.journal import JournalContent, read_journals
from aucgan.apis.preparation.outcome import COPY
from aucgan.datasets.face_folder import FORMAT, VERSION, SampleRow, write_samples
from aucgan.files.atomic import atomic_path, write_json, write_text

REJECTED = "rejected.jsonl"


@dataclass(frozen=True)
class Summary:
    """What there is.

    Attributes:
        photos: How many were looked at.
        samples: How many faces can be trained on.
        persons: Of how many persons.
        splits: Samples by split.
        reasons: Rejections by reason.
        missing: Parts that are not complete yet, as K/N; the tables are not written before.
    """

    photos: int
    samples: int
    persons: int
    splits: Mapping[str, int]
    reasons: Mapping[str, int]
    missing: Sequence[str] = ()

    def __str__(self) -> str:
        """In a line."""
        splits = ", ".join(f"{count} {split}" for split, count in self.splits.items())
        text = f"{self.photos} photos: {self.samples} faces of {self.persons} persons" + (f" ({splits})" * bool(splits))
        reasons = ", ".join(f"{count} {reason}" for reason, count in self.reasons.items())
        return text + (f"; left out: {reasons}" if reasons else "")


def write_tables(out: Path) -> Summary:
    """Write ``samples.csv``, ``rejected.jsonl`` and ``meta.json`` once all parts are complete.

    They depend on the journals alone, so that it does not matter which part comes last, or whether two do.

    Raises:
        ValueError: A journal is damaged.
    """
    journals = read_journals(out)
    missing = missing_parts(journals)
    photos = sorted((photo for journal in journals for photo in journal.photos), key=lambda p: _digest(p["photo"]))
    faces, rejected = _without_copies(photos)
    settings = journals[0].settings
    splits = split_persons({face["identity"] for face, _ in faces}, settings["shares"])
    reasons = dict(Counter(entry["reason"] for entry in rejected).most_common())
    if missing:
        return Summary(len(photos), len(faces), len(splits), {}, reasons, missing)
    rows = [_row(face, photo, splits[face["identity"]]) for face, photo in faces]
    _write_rows(out, rows)
    write_text(out / REJECTED, "".join(json.dumps(entry, ensure_ascii=False) + "\n" for entry in rejected))
    write_json(out / "meta.json", dict(format=FORMAT, version=VERSION, source=settings["head"], prepared=settings))
    counts = Counter(row.split for row in rows)
    return Summary(len(photos), len(faces), len(splits), dict(counts.most_common()), reasons)


def missing_parts(journals: Sequence[JournalContent]) -> list[str]:
    """Parts that have no journal, or none that says that it is complete, as K/N."""
    complete = {journal.part.number for journal in journals if journal.complete}
    count = journals[0].part.count
    return [f"{number}/{count}" for number in range(1, count + 1) if number not in complete]


def _without_copies(photos: Iterable[dict[str, Any]]) -> tuple[list[tuple[dict, str]], list[dict]]:
    """Faces with their photos, and rejections; of photos with the same content the first counts."""
    first: dict[str, str] = {}
    faces, rejected = [], []
    for photo in photos:
        key, content = photo["photo"], photo["content"]
        original = first.setdefault(content, key) if content else key
        if original != key:
            rejected.append(dict(photo=key, reason=COPY, detail=f"of {original}", face=0))
            continue
        faces += [(face, key) for face in photo["faces"]]
        rejected += [dict(photo=key, **rejection) for rejection in photo["rejected"]]
    return faces, rejected


def _row(face: Mapping[str, Any], photo: str, split: str) -> SampleRow:
    known = dict(photo=photo, au_source=face["au_source"], confidence=f"{face['confidence']:.4g}")
    return SampleRow(face["name"], face["identity"], split, np.array(face["aus"], np.float32), known)


def _write_rows(out: Path, rows: Sequence[SampleRow]) -> None:
    with atomic_path(out / "samples.csv") as temporary:
        write_samples(temporary, rows)


def _digest(key: str) -> str:
    return hashlib.sha256(key.encode("utf-8", "surrogateescape")).hexdigest()
