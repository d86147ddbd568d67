"""What the results of photos are called: readable, and no two photos share a name."""

from __future__ import annotations

import os
import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import count
from pathlib import Path

SOURCE_SUFFIX = "_photo.txt"
"""``NAME_photo.txt`` among the results holds the path of the photo that they are of."""

FURTHER_FACE = re.compile(r"_face\d+$")
"""How the names of a photo's second and further faces end; no photo's own name does."""


def result_names(photos: Sequence[Path], folder: Path) -> dict[Path, str]:
    """A name for the results of each photo, which calling it again does not change.

    It is the photo's stem. Photos of one stem are told apart by their suffixes (``a_jpg`` and ``a_png``) and, if that
    is not enough, by a number (``a_jpg_2``). Results of other photos that are in the folder keep their names. Names
    that differ in capitals alone count as the same, as they are on some disks.

    Args:
        photos: The photos.
        folder: Where the results will be, or already are.
    """
    noted = {file.name.removesuffix(SOURCE_SUFFIX): _read(file) for file in sorted(folder.glob(f"*{SOURCE_SUFFIX}"))}
    owners = {_key(name): photo for name, photo in noted.items()}
    stems = Counter(_key(photo.stem) for photo in photos)
    names = {}
    for photo in sorted(photos, key=lambda photo: (stems[_key(photo.stem)] > 1, photo)):
        own = _absolute(photo)
        before = [name for name, other in noted.items() if other == own]
        candidates = _candidates(photo, before, alone=stems[_key(photo.stem)] == 1)
        names[photo] = next(name for name in candidates if owners.setdefault(_key(name), own) == own)
    return {photo: names[photo] for photo in photos}


def note_source(file: Path, photo: Path) -> None:
    """Note in ``NAME_photo.txt`` which photo the results are of, as the bytes of its path."""
    file.write_bytes(os.fsencode(_absolute(photo)) + b"\n")


def _candidates(photo: Path, before: Sequence[str], alone: bool) -> Iterator[str]:
    yield from before
    if alone and not FURTHER_FACE.search(photo.stem):
        yield photo.stem
    name = f"{photo.stem}_{photo.suffix[1:]}"
    yield name
    yield from (f"{name}_{number}" for number in count(2))


def _read(file: Path) -> Path:
    return Path(os.fsdecode(file.read_bytes().removesuffix(b"\n")))


def _absolute(photo: Path) -> Path:
    return Path(os.path.abspath(photo))


def _key(name: str) -> str:
    """What two names share if they may be one file."""
    return unicodedata.normalize("NFC", name).casefold()
