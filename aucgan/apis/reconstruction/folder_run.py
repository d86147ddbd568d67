"""A run over photos and videos: file by file, what is done already kept, what is wrong named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aucgan.apis.photo_names import result_names
from aucgan.apis.reconstruction.file_work import CannotWriteError, FileSettings, FileWork, NamedFile
from aucgan.apis.reconstruction.progress_bar import ProgressBar, progress_bar
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.remote_files import RemoteFiles
from aucgan.apis.reconstruction.sources import Sources
from aucgan.apis.reconstruction.tally import Tally
from aucgan.cluster.work import UnusableError
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible
from aucgan.renderers.export.staging import remove_abandoned

AT_ONCE = 8
"""Photos whose faces are fitted together."""


class FolderRun:
    """Reconstructs all files of a folder.

    Args:
        settings: What is written, and where; the results of ``SUB/NAME.jpg`` come into the folder ``SUB`` of that.
        doer: What finds and fits the faces in this process, or has workers do it.
        program: Name for messages.
    """

    def __init__(self, settings: FileSettings, doer: Reconstructor | RemoteFiles, program: str = "reconstruct") -> None:
        self.settings, self.doer, self.program = settings, doer, program
        self.tally = Tally()
        self._bar = ProgressBar()

    def __call__(self, sources: Sources) -> Tally:
        """Do it.

        Raises:
            UserError: The results cannot be written.
        """
        named = _name(sources, self.settings.out)
        for folder in {file.folder for file in named.values() if file.folder.is_dir()}:
            remove_abandoned(folder)
        portions = [[named[path] for path in paths] for paths in self._portions(sources.photos)]
        videos = [named[path] for path in sources.videos]
        with progress_bar(len(sources)) as self._bar:
            for file in sources.others:
                self.say(file, f"{file}: left aside, neither a photo nor a video by its name")
            try:
                self._do(portions, videos, len(sources))
            except (CannotWriteError, UnusableError) as error:
                raise UserError(f"{error}; {len(self.tally)} files are done: mend it and call again") from error
        return self.tally

    def say(self, path: Path, text: str, error: bool = True) -> None:
        """A line about a file."""
        self._bar.say(f"{self.program}: {text}" if error else text, error)

    def end(self, path: Path, group: str) -> None:
        """A file is done."""
        getattr(self.tally, group).append(path)
        self._bar.advance()

    def _do(self, portions: Sequence[Sequence[NamedFile]], videos: Sequence[NamedFile], count: int) -> None:
        if isinstance(self.doer, RemoteFiles):
            with self._can_be_interrupted(self.settings.out, count):
                self.doer(portions, videos, self)
            return
        work = FileWork(self.doer, self.settings, self)
        for files in portions:
            with self._can_be_interrupted(files[0].path, count):
                work.photos(files)
        for file in videos:
            with self._can_be_interrupted(file.path, count):
                work.video(file)

    def _portions(self, photos: Sequence[Path]) -> list[Sequence[Path]]:
        size = max(1, len(photos)) if self.settings.same_person else AT_ONCE
        return [photos[start : start + size] for start in range(0, len(photos), size)]

    @contextmanager
    def _can_be_interrupted(self, path: Path, count: int) -> Iterator[None]:
        with interruptible(
            f"the reconstruction of {path}", lambda: f"{len(self.tally)} of {count} files are done: call it again"
        ):
            yield


def _name(sources: Sources, out: Path) -> dict[Path, NamedFile]:
    """Folder and name of each file's results."""
    groups: dict[Path, list[Path]] = {}
    for path in [*sources.photos, *sources.videos]:
        groups.setdefault(out / path.parent.relative_to(sources.root), []).append(path)
    return {
        path: NamedFile(path, folder, name)
        for folder, paths in groups.items()
        for path, name in result_names(paths, folder).items()
    }
