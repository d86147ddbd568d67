"""What is done to photos and videos, one file at a time or some together: found, fitted, written whole."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from aucgan.apis.photo_names import SOURCE_SUFFIX, note_source
from aucgan.apis.photos import Photo, UnreadablePhotoError, open_photo
from aucgan.apis.reconstruction.kinds import VIDEO_KINDS, chosen_kinds
from aucgan.apis.reconstruction.reconstructor import PhotoFaces, Reconstructor
from aucgan.apis.reconstruction.record import FULL, Record, read_record, write_record
from aucgan.apis.reconstruction.video_frames import UnreadableVideoError
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible


class CannotWriteError(UserError):
    """A disk that refuses ends the run: every other file would meet the same."""


@dataclass(frozen=True)
class NamedFile:
    """A file to do.

    Attributes:
        path: The photo or video.
        folder: Where its results come.
        name: What their names begin with.
    """

    path: Path
    folder: Path
    name: str


@dataclass(frozen=True)
class FileSettings:
    """What is written of each file.

    Attributes:
        out: Folder of all results, for messages.
        save: Kinds of files, see :mod:`~aucgan.apis.reconstruction.kinds`.
        overwrite: Do everything anew.
        same_person: The photos' largest faces are one person's.
    """

    out: Path
    save: str | Sequence[str] = "all"
    overwrite: bool = False
    same_person: bool = False


class Journal(Protocol):
    """Hears what becomes of the files."""

    def say(self, path: Path, text: str, error: bool = True) -> None:
        """A line about a file."""

    def end(self, path: Path, group: str) -> None:
        """A file is done; the group is an attribute of :class:`~aucgan.apis.reconstruction.tally.Tally`."""


class FileWork:
    """Reconstructs photos and videos.

    Args:
        reconstructor: What finds and fits the faces.
        settings: What is written.
        journal: Hears what becomes of each.
    """

    def __init__(self, reconstructor: Reconstructor, settings: FileSettings, journal: Journal) -> None:
        self.reconstructor, self.settings, self.journal = reconstructor, settings, journal
        self.photo_kinds, self.video_kinds = chosen_kinds(settings.save), chosen_kinds(settings.save, VIDEO_KINDS)

    def photos(self, files: Sequence[NamedFile]) -> None:
        """Find and fit the faces of some photos together, then write them one by one."""
        todo = [file for file in files if not self._kept(file, self.photo_kinds)]
        opened = [(file, photo) for file in todo if (photo := self._open(file.path)) is not None]
        paths, photos = [file.path for file, _ in opened], [photo for _, photo in opened]
        found = [self.reconstructor.detect(photo, file.path) for file, photo in opened]
        same_person = self.settings.same_person
        if same_person:
            found = [faces[:1] for faces in found]
        seen = self.reconstructor.complete(photos, found, paths, same_person)
        for (file, _), faces in zip(opened, seen, strict=True):
            with interruptible(f"the reconstruction of {file.path}"):
                self._write(file, faces)

    def video(self, file: NamedFile) -> None:
        """Follow the faces of a video, and write them."""
        if self._kept(file, self.video_kinds):
            return
        try:
            video = self.reconstructor.video(file.path)
        except (UnreadableVideoError, FileNotFoundError) as error:
            self._fail(file.path, str(error))
            return
        with self._writing():
            _note(file)
            written = video.save(file.folder, self.video_kinds, file.name) if video.tracks else []
            words = [track.words for track in video.tracks]
            names = [one.name for one in written]
            self._finish(file, Record(len(video.tracks), video.refused, self.video_kinds, names, words))

    def _open(self, path: Path) -> Photo | None:
        try:
            photo = open_photo(path)
        except (UnreadablePhotoError, FileNotFoundError) as error:
            self._fail(path, str(error))
            return None
        if photo.note:
            self.journal.say(path, f"{path}: {photo.note}")
        return photo

    def _write(self, file: NamedFile, seen: PhotoFaces) -> None:
        names: list[str] = []
        with self._writing():
            _note(file)
            for number, face in enumerate(seen.faces, start=1):
                name = file.name if number == 1 else f"{file.name}_face{number}"
                names += [written.name for written in face.save(file.folder, self.photo_kinds, name)]
            words = [face.words for face in seen.faces]
            self._finish(file, Record(len(seen.faces), seen.refused, self.photo_kinds, names, words))
        for face in seen.faces:
            for warning in face.warnings:
                self.journal.say(file.path, f"{file.path}: {warning}")

    def _finish(self, file: NamedFile, record: Record) -> None:
        write_record(file.folder, file.name, record)
        self._tell(file, record, "written")

    def _kept(self, file: NamedFile, kinds: Sequence[str]) -> bool:
        """Whether the results are there from before."""
        record = None if self.settings.overwrite else read_record(file.folder, file.name, kinds)
        if record is not None:
            self._tell(file, record, "kept")
        return record is not None

    def _tell(self, file: NamedFile, record: Record, group: str) -> None:
        if record.faces:
            shown = "; ".join(", ".join(words) or "at rest" for words in record.words)
            before = " (done before)" if group == "kept" else ""
            self.journal.say(file.path, f"{file.path} → {file.folder / file.name}_*{before}: {shown}", error=False)
        else:
            self.journal.say(file.path, f"no {'human ' if record.refused else ''}face in {file.path}")
        self.journal.end(file.path, group if record.faces else "without_face")

    def _fail(self, path: Path, reason: str) -> None:
        self.journal.say(path, reason)
        self.journal.end(path, "failed")

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            why = "the disk is full" if error.errno in FULL else error.strerror or str(error)
            raise CannotWriteError(f"cannot write to {self.settings.out}: {why}") from error


def _note(file: NamedFile) -> None:
    file.folder.mkdir(parents=True, exist_ok=True)
    note_source(file.folder / f"{file.name}{SOURCE_SUFFIX}", file.path)
