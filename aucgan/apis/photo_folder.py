"""What ``aucgan reconstruct`` does."""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from aucgan.apis.reconstruction.file_work import FileSettings
from aucgan.apis.reconstruction.folder_run import FolderRun
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.remote_files import RemoteFiles, reporting_work
from aucgan.apis.reconstruction.sources import find_sources
from aucgan.cluster.choice import cluster_config
from aucgan.cluster.work import Doing, Work
from aucgan.detection import AlignedPhotos
from aucgan.engine.device import use_device
from aucgan.engine.loop.threads import limit_threads
from aucgan.process.errors import UserError


@dataclass(frozen=True)
class ReconstructorSettings:
    """How faces are found and fitted: the options of the command of the same names."""

    config: str | None
    checkpoint: Path | None
    device: str
    head: str | None
    detector: str
    crop: float | None
    max_faces: int | None

    def load(self) -> Reconstructor:
        """Load networks and head.

        Raises:
            ValueError: An option is wrong.
        """
        device = use_device(self.device)
        detector = self.detector if self.crop is None else AlignedPhotos(AlignedPhotos().share * self.crop)
        return Reconstructor(
            self.config, self.checkpoint, device, self.head, detector=detector, max_faces=self.max_faces
        )


def worker_of(settings: tuple[ReconstructorSettings, FileSettings]) -> Doing:
    """What a process of a worker does with files, once it has loaded the networks."""
    limit_threads()
    return reporting_work(settings[0].load(), settings[1])


def reconstruct_photos(args: argparse.Namespace) -> None:
    """Reconstruct a file or a folder; files that cannot be read are named, and the others are done.

    Raises:
        UserError: A file could not be read, none shows a face, or the results cannot be written.
    """
    files = FileSettings(args.out, args.save, args.overwrite, args.same_person)
    try:
        sources = find_sources(args.photos, left_out=args.out)
        run = FolderRun(files, _doer(args, files), args.program)
        tally = run(sources)
    except ValueError as error:
        raise UserError(str(error)) from error
    if len(tally) > 1:
        print(f"{args.program}: {tally.summary()}; results are in {args.out}", file=sys.stderr)
    if tally.failed:
        raise UserError(f"{len(tally.failed)} of {len(tally)} files could not be read; the others are in {args.out}")
    if tally.without_face and not tally.written and not tally.kept:
        raise UserError(f"there is no human face in {args.photos}")


def _doer(args: argparse.Namespace, files: FileSettings) -> Any:
    """What does the files: in this process, or by workers."""
    settings = ReconstructorSettings(
        args.config, args.checkpoint, args.device, args.head, args.detector, args.crop, args.max_faces
    )
    if args.cluster is None:
        return settings.load()
    work = Work("reconstruct", worker_of, (settings, files))
    return RemoteFiles(
        work, cluster_config(args.cluster), args.same_person, lambda text: print(text, file=sys.stderr, flush=True)
    )
