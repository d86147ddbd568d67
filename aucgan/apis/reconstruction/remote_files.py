"""Files that workers of a cluster do: what they are sent, and what they tell."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from aucgan.apis.reconstruction.file_work import FileSettings, FileWork, Journal, NamedFile
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.sources import is_video
from aucgan.cluster.pieces import run_pieces
from aucgan.cluster.work import Rules, Work
from aucgan.renderers.export.staging import remove_abandoned

PIECE_SECONDS = 3600.0
"""Limit of a piece, a long video included."""


@dataclass
class FileReport:
    """What became of a file: its group in the tally, and the lines about it, each with whether it is an error's."""

    group: str = "failed"
    lines: list[tuple[str, bool]] = field(default_factory=list)


class _Reports:
    """A journal that is sent home."""

    def __init__(self, files: Iterable[NamedFile]) -> None:
        self.of = {file.path: FileReport() for file in files}

    def say(self, path: Path, text: str, error: bool = True) -> None:
        self.of[path].lines.append((text, error))

    def end(self, path: Path, group: str) -> None:
        self.of[path].group = group


def reporting_work(
    reconstructor: Reconstructor, settings: FileSettings
) -> Callable[[Sequence[NamedFile]], list[FileReport]]:
    """What a worker does with a piece: photos together, a video by itself.

    Args:
        reconstructor: Loaded once.
        settings: What is written.
    """

    def reports(files: Sequence[NamedFile]) -> list[FileReport]:
        journal = _Reports(files)
        work = FileWork(reconstructor, settings, journal)
        photos = [file for file in files if not is_video(file.path)]
        if photos:
            work.photos(photos)
        for file in files:
            if is_video(file.path):
                work.video(file)
        return [journal.of[file.path] for file in files]

    return reports


class RemoteFiles:
    """Has workers do files.

    Args:
        work: What they do: gives a :class:`FileReport` for each.
        cluster: Config of where.
        together: All photos are one person's, and mean something together only.
        say: Gets the line that says where.
    """

    def __init__(self, work: Work, cluster: dict, together: bool, say: Callable[[str], None]) -> None:
        self.work, self.cluster, self.say = work, cluster, say
        self.rules = Rules(seconds=PIECE_SECONDS, divisible=not together)

    def __call__(self, portions: Sequence[Sequence[NamedFile]], videos: Sequence[NamedFile], journal: Journal) -> None:
        """Do portions of photos and videos.

        Args:
            portions: Photos that are fitted together.
            videos: Videos.
            journal: Hears what becomes of each.

        Raises:
            UserError: The work cannot be done, or the cluster is gone.
        """
        pieces = [[(str(file.path), file) for file in files] for files in [*portions, *([one] for one in videos)]]
        paths = {name: file for piece in pieces for name, file in piece}
        with closing(run_pieces(self.work, pieces, self.cluster, self.rules, self.say)) as outcomes:
            for outcome in outcomes:
                path = paths[outcome.name].path
                report = outcome.value
                if outcome.failure:
                    report = FileReport(lines=[(f"{path}: {outcome.failure}", True)])
                for text, error in report.lines:
                    journal.say(path, text, error)
                journal.end(path, report.group)
        for folder in {file.folder for file in paths.values() if file.folder.is_dir()}:
            remove_abandoned(folder)  # processes that were killed may have left something
