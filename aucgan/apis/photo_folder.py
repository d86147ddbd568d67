"""What ``aucgan reconstruct`` does."""

from __future__ import annotations

import argparse
import sys

from aucgan.apis.reconstruction.folder_run import FolderRun
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.sources import find_sources
from aucgan.detection import AlignedPhotos
from aucgan.engine.device import use_device
from aucgan.process.errors import UserError


def reconstruct_photos(args: argparse.Namespace) -> None:
    """Reconstruct a file or a folder; files that cannot be read are named, and the others are done.

    Raises:
        UserError: A file could not be read, none shows a face, or the results cannot be written.
    """
    device = use_device(args.device)
    try:
        sources = find_sources(args.photos, left_out=args.out)
        detector = args.detector if args.crop is None else AlignedPhotos(AlignedPhotos().share * args.crop)
        reconstructor = Reconstructor(
            args.config, args.checkpoint, device, args.head, detector=detector, max_faces=args.max_faces
        )
        run = FolderRun(reconstructor, args.out, args.save, args.overwrite, args.same_person, args.program)
        tally = run(sources)
    except ValueError as error:
        raise UserError(str(error)) from error
    if len(tally) > 1:
        print(f"{args.program}: {tally.summary()}; results are in {args.out}", file=sys.stderr)
    if tally.failed:
        raise UserError(f"{len(tally.failed)} of {len(tally)} files could not be read; the others are in {args.out}")
    if tally.without_face and not tally.written and not tally.kept:
        raise UserError(f"there is no human face in {args.photos}")
