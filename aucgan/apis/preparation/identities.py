"""Who is in a photo, and which split a person belongs to."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import Path, PurePosixPath
from typing import TypeVar

from aucgan.apis.preparation.photo_list import SourcePhoto

WAYS = ("folder", "name", "photo")
SPLITS = ("train", "val", "test")
T = TypeVar("T")


def looked_up(table: Mapping[str, T], photo: SourcePhoto) -> T | None:
    """What a table has of a photo, under the most exact of its names."""
    return next((table[alias] for alias in photo.aliases if alias in table), None)


class Identities:
    """Tells persons apart.

    Args:
        way: ``folder``: the first folder below that of the photos, and for a photo that lies in none, itself; ``name``:
            what stands before the first ``_``, ``-``, dot or blank of the file's name; ``photo``: everybody is somebody
            else; or the path of a CSV with the columns ``name`` (path or name of the photo) and ``identity``.

    Raises:
        ValueError: It is none of these, or the CSV lacks a column.
    """

    def __init__(self, way: str = "folder") -> None:
        self.way, self.table = way, {}
        if way not in WAYS:
            path = Path(way)
            if not path.is_file():
                raise ValueError(f"identities come from {', '.join(WAYS)} or a CSV; {way} is none of these")
            self.table = _read_table(path)

    def of(self, photo: SourcePhoto) -> str:
        """The person in a photo; the sample's own name where nobody knows."""
        path = PurePosixPath(photo.key)
        if self.way == "folder":
            return path.parts[0] if len(path.parts) > 1 else photo.name
        if self.way == "name":
            return re.split(r"[_\-. ]", path.name, maxsplit=1)[0] or photo.name
        return looked_up(self.table, photo) or photo.name


def _read_table(path: Path) -> dict[str, str]:
    with path.open(newline="", encoding="utf-8") as file:
        reader = csv.DictReader(file)
        if not {"name", "identity"} <= set(reader.fieldnames or ()):
            raise ValueError(f"{path} needs the columns name and identity, and has {reader.fieldnames}")
        return {row["name"]: row["identity"] for row in reader if row["identity"]}


def split_persons(persons: Collection[str], shares: Sequence[float]) -> dict[str, str]:
    """The split of every person.

    A hash of the name decides, so that more photos hardly move anybody; from three persons on, none is empty whose
    share is not 0.

    Args:
        persons: Their names.
        shares: Of train, val and test; their sum is 1.

    Raises:
        ValueError: A share is negative, or their sum is not 1.
    """
    if len(shares) != len(SPLITS) or min(shares) < 0 or abs(sum(shares) - 1) > 1e-6:
        raise ValueError(f"the shares of {', '.join(SPLITS)} must be three numbers of sum 1, got {list(shares)}")
    places = {person: _place(person) for person in persons}
    ordered = sorted(places, key=lambda person: (places[person], person))
    total, second = len(ordered), shares[0] + shares[1]
    last = sum(place < second for place in places.values())
    if total >= len(SPLITS):
        last = min(last, total - 1) if shares[2] else total
        last = max(last, 2) if shares[1] and shares[0] else last
    first = min(sum(place < shares[0] for place in places.values()), last)
    if total >= len(SPLITS):
        first = min(first, last - 1) if shares[1] else last
        first = max(first, 1) if shares[0] else 0
    return {p: SPLITS[(number >= first) + (number >= last)] for number, p in enumerate(ordered)}


def _place(person: str) -> float:
    """In [0, 1)."""
    return int.from_bytes(hashlib.sha256(person.encode("utf-8", "surrogateescape")).digest()[:8], "big") / 2**64
