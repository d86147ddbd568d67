"""A run over photos and videos: file by file, what is done already kept, what is wrong named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aucgan.apis.photo_names import SOURCE_SUFFIX, note_source, result_names
from aucgan.apis.photos import Photo, UnreadablePhotoError, open_photo
from aucgan.apis.reconstruction.kinds import VIDEO_KINDS, chosen_kinds
from aucgan.apis.reconstruction.progress_bar import ProgressBar, progress_bar
from aucgan.apis.reconstruction.reconstructor import PhotoFaces, Reconstructor
from aucgan.apis.reconstruction.record import FULL, Record, read_record, write_record
from aucgan.apis.reconstruction.sources import Sources
from aucgan.apis.reconstruction.tally import Tally
from aucgan.apis.reconstruction.video_frames import UnreadableVideoError
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible
from aucgan.renderers.export.staging import remove_abandoned

AT_ONCE = 8
"""Photos whose faces are fitted together."""


class FolderRun:
    """Reconstructs all files of a folder.

    Args:
        reconstructor: What finds and fits the faces.
        out: Folder of the results; those of ``SUB/NAME.jpg`` come into its folder ``SUB``.
        save: Kinds of files, see :mod:`~aucgan.apis.reconstruction.kinds`.
        overwrite: Do everything anew.
        same_person: The photos' largest faces are one person's.
        program: Name for messages.
    """

    def __init__(
        self,
        reconstructor: Reconstructor,
        out: Path,
        save: str | Sequence[str] = "all",
        overwrite: bool = False,
        same_person: bool = False,
        program: str = "reconstruct",
    ) -> None:
        self.reconstructor, self.out, self.program = reconstructor, out, program
        self.photo_kinds, self.video_kinds = chosen_kinds(save), chosen_kinds(save, VIDEO_KINDS)
        self.overwrite, self.same_person = overwrite, same_person
        self.tally = Tally()
        self._bar = ProgressBar()
        self._names: dict[Path, tuple[Path, str]] = {}

    def __call__(self, sources: Sources) -> Tally:
        """Do it.

        Raises:
            UserError: The results cannot be written.
        """
        self._names = self._name(sources)
        for folder in {folder for folder, _ in self._names.values() if folder.is_dir()}:
            remove_abandoned(folder)
        for file in sources.others:
            self._say(f"{file}: left aside, neither a photo nor a video by its name")
        with progress_bar(len(sources)) as self._bar:
            for paths in self._portions(sources.photos):
                with self._can_be_interrupted(paths[0], len(sources)):
                    self._photos(paths)
            for path in sources.videos:
                with self._can_be_interrupted(path, len(sources)):
                    self._video(path)
        return self.tally

    def _photos(self, paths: Sequence[Path]) -> None:
        """Find and fit the faces of some photos together, then write them one by one."""
        todo = [path for path in paths if not self._kept(path, self.photo_kinds)]
        opened = [(path, photo) for path in todo if (photo := self._open(path)) is not None]
        files, photos = [path for path, _ in opened], [photo for _, photo in opened]
        found = [self.reconstructor.detect(photo, path) for path, photo in opened]
        if self.same_person:
            found = [faces[:1] for faces in found]
        for path, seen in zip(files, self.reconstructor.complete(photos, found, files, self.same_person), strict=True):
            with interruptible(f"the reconstruction of {path}"):
                self._write(path, seen)

    def _open(self, path: Path) -> Photo | None:
        try:
            photo = open_photo(path)
        except (UnreadablePhotoError, FileNotFoundError) as error:
            self._fail(path, str(error))
            return None
        if photo.note:
            self._say(f"{path}: {photo.note}")
        return photo

    def _write(self, path: Path, seen: PhotoFaces) -> None:
        folder, name = self._names[path]
        files: list[str] = []
        with self._writing():
            self._note(path)
            for number, face in enumerate(seen.faces, start=1):
                written = face.save(folder, self.photo_kinds, name if number == 1 else f"{name}_face{number}")
                files += [file.name for file in written]
            words = [face.words for face in seen.faces]
            self._finish(path, Record(len(seen.faces), seen.refused, self.photo_kinds, files, words))
        for face in seen.faces:
            for warning in face.warnings:
                self._say(f"{path}: {warning}")

    def _video(self, path: Path) -> None:
        if self._kept(path, self.video_kinds):
            return
        try:
            video = self.reconstructor.video(path)
        except (UnreadableVideoError, FileNotFoundError) as error:
            self._fail(path, str(error))
            return
        folder, name = self._names[path]
        with self._writing():
            self._note(path)
            files = [file.name for file in video.save(folder, self.video_kinds, name)] if video.tracks else []
            words = [track.words for track in video.tracks]
            self._finish(path, Record(len(video.tracks), video.refused, self.video_kinds, files, words))

    def _finish(self, path: Path, record: Record) -> None:
        folder, name = self._names[path]
        write_record(folder, name, record)
        self._told(path, record, self.tally.written if record.faces else self.tally.without_face)

    def _kept(self, path: Path, kinds: Sequence[str]) -> bool:
        """Whether the results are there from before."""
        record = None if self.overwrite else read_record(*self._names[path], kinds)
        if record is not None:
            self._told(path, record, self.tally.kept if record.faces else self.tally.without_face, before=True)
        return record is not None

    def _told(self, path: Path, record: Record, group: list[Path], before: bool = False) -> None:
        group.append(path)
        folder, name = self._names[path]
        if record.faces:
            shown = "; ".join(", ".join(words) or "at rest" for words in record.words)
            kept = " (done before)" if before else ""
            self._say(f"{path} → {folder / name}_*{kept}: {shown}", error=False)
        else:
            self._say(f"no {'human ' if record.refused else ''}face in {path}")
        self._bar.advance()

    def _fail(self, path: Path, reason: str) -> None:
        self.tally.failed.append(path)
        self._say(reason)
        self._bar.advance()

    def _note(self, path: Path) -> None:
        folder, name = self._names[path]
        folder.mkdir(parents=True, exist_ok=True)
        note_source(folder / f"{name}{SOURCE_SUFFIX}", path)

    def _say(self, text: str, error: bool = True) -> None:
        self._bar.say(f"{self.program}: {text}" if error else text, error)

    def _portions(self, photos: Sequence[Path]) -> list[Sequence[Path]]:
        size = max(1, len(photos)) if self.same_person else AT_ONCE
        return [photos[start : start + size] for start in range(0, len(photos), size)]

    def _name(self, sources: Sources) -> dict[Path, tuple[Path, str]]:
        """Folder and name of each file's results."""
        groups: dict[Path, list[Path]] = {}
        for path in [*sources.photos, *sources.videos]:
            groups.setdefault(self.out / path.parent.relative_to(sources.root), []).append(path)
        return {
            path: (folder, name)
            for folder, paths in groups.items()
            for path, name in result_names(paths, folder).items()
        }

    @contextmanager
    def _can_be_interrupted(self, path: Path, count: int) -> Iterator[None]:
        with interruptible(
            f"the reconstruction of {path}", lambda: f"{len(self.tally)} of {count} files are done: call it again"
        ):
            yield

    @contextmanager
    def _writing(self) -> Iterator[None]:
        """A disk that refuses ends the run: every other file would meet the same."""
        try:
            yield
        except OSError as error:
            why = "the disk is full" if error.errno in FULL else error.strerror or str(error)
            raise UserError(
                f"cannot write to {self.out}: {why}; {len(self.tally)} files are done: mend it and call again"
            ) from error
