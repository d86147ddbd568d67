"""The photos and videos that a path names."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

PHOTO_SUFFIXES = (
    ".bmp .gif .jfif .jpe .jpeg .jpg .pbm .pgm .png .ppm .tga .tif .tiff .webp".split()
)  # what Pillow reads without a plug-in
VIDEO_SUFFIXES = ".avi .m4v .mkv .mov .mp4 .mpeg .mpg .webm .wmv".split()


@dataclass(frozen=True)
class Sources:
    """What there is to do.

    Attributes:
        root: The folder that results are named relative to.
        photos: In the order of their names.
        videos: Likewise.
        others: Files that are neither, by their suffix.
    """

    root: Path
    photos: list[Path]
    videos: list[Path]
    others: list[Path]

    def __len__(self) -> int:
        return len(self.photos) + len(self.videos)


def is_video(path: str | Path) -> bool:
    """Whether a file is a video, by its suffix."""
    return Path(path).suffix.lower() in VIDEO_SUFFIXES


def find_sources(path: str | Path, left_out: Path | None = None) -> Sources:
    """The file itself, or all photos and videos of a folder and the folders in it; hidden ones are passed over.

    Args:
        path: A file of any suffix, or a folder.
        left_out: A folder that is not looked into, such as that of the results.

    Raises:
        FileNotFoundError: There is no such file, or neither photo nor video in the folder.
    """
    path = Path(path)
    if path.is_file():
        return Sources(path.parent, *(([], [path]) if is_video(path) else ([path], [])), [])
    if not path.is_dir():
        raise FileNotFoundError(f"{path} is neither a photo, a video nor a folder")
    files = list(_files(path, None if left_out is None else left_out.resolve()))
    photos = [file for file in files if file.suffix.lower() in PHOTO_SUFFIXES]
    videos = [file for file in files if is_video(file)]
    if not photos and not videos:
        there = f"; it holds {files[0].name}{' …' if len(files) > 1 else ''}" if files else " and is empty"
        raise FileNotFoundError(f"{path} holds no photo ({' '.join(PHOTO_SUFFIXES)}) and no video{there}")
    return Sources(path, photos, videos, [file for file in files if file not in {*photos, *videos}])


def _files(folder: Path, left_out: Path | None) -> Iterator[Path]:
    for place, folders, names in os.walk(folder):
        here = Path(place)
        folders[:] = sorted(f for f in folders if not f.startswith(".") and (here / f).resolve() != left_out)
        yield from (here / name for name in sorted(names) if not name.startswith("."))
