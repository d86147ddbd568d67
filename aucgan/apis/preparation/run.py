"""A run over a part of the photos."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from aucgan.apis.preparation.face_maker import FaceMaker
from aucgan.apis.preparation.journal import Journal
from aucgan.apis.preparation.outcome import PhotoOutcome
from aucgan.apis.preparation.photo_list import Part, SourcePhoto, list_photos
from aucgan.apis.preparation.settings import PrepareSettings
from aucgan.apis.preparation.shard_sink import ShardSink
from aucgan.apis.preparation.sinks import FolderSink, SampleSink
from aucgan.apis.preparation.tables import Summary, write_tables
from aucgan.apis.reconstruction.progress_bar import ProgressBar, progress_bar
from aucgan.apis.reconstruction.record import FULL
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible

AT_ONCE = 16
"""Photos that are fitted together, and noted as done together."""
SINKS: dict[str, Callable[[Path, PrepareSettings, Part], SampleSink]] = {
    "folder": lambda out, settings, part: FolderSink(out, settings.quality),
    "shards": lambda out, settings, part: ShardSink(out, settings.quality, part, settings.shard_size),
}


def prepare_faces(
    photos: Path,
    out: Path,
    settings: PrepareSettings | None = None,
    part: Part | None = None,
    maker: Callable[[Sequence[SourcePhoto]], list[PhotoOutcome]] | None = None,
) -> Summary:
    """Turn a folder of photos into training data; what is done already is kept.

    Args:
        photos: The folder.
        out: Folder of the data set.
        settings: How.
        part: Which share of the photos; default all.
        maker: What makes samples of photos; default a :class:`FaceMaker` with the settings.

    Returns:
        What there is by now. The tables are written once all parts are complete.

    Raises:
        ValueError: A table is damaged, or ``out`` was prepared otherwise.
        FileNotFoundError: There is no photo, or the detector's networks are not installed.
        UserError: The disk is full.
    """
    settings, part = settings or PrepareSettings(), part or Part()
    make = FaceMaker(settings) if maker is None else maker
    todo = list_photos(photos, out, part)
    with _writing(out):
        journal = Journal(out, part, settings.record())
        sink = SINKS[settings.format](out, settings, part)
        sink.go_on(journal.content.position)
        done = journal.done
        with progress_bar(len(todo)) as bar:
            _advance(bar, len(done))
            for some in _blocks([photo for photo in todo if photo.key not in done]):
                with interruptible(
                    f"the preparation of {photos}", lambda: f"{len(journal.done)} photos are done: call it again"
                ):
                    outcomes = make(some)
                    position = sink.write([face for outcome in outcomes for face in outcome.faces])
                    journal.add(outcomes, position)
                _advance(bar, len(some))
        journal.complete(sink.finish())
        return write_tables(out)


def _blocks(photos: Sequence[SourcePhoto]) -> Iterator[Sequence[SourcePhoto]]:
    """Always the same photos together: last digits of a fit depend on those beside it."""
    for start in range(0, len(photos), AT_ONCE):
        yield photos[start : start + AT_ONCE]


def _advance(bar: ProgressBar, count: int) -> None:
    for _ in range(count):
        bar.advance()


@contextmanager
def _writing(out: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in FULL:
            raise
        raise UserError(f"cannot write to {out}: the disk is full; mend it and call again") from error
