"""Reconstructing the faces of photos, file by file."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import cast

from aucgan.apis.inference import load_model
from aucgan.apis.photo_names import result_names
from aucgan.apis.photos import UnreadablePhotoError, find_photos, read_photo
from aucgan.apis.reconstruct import reconstruct, write_reconstruction
from aucgan.engine.device import current_device, use_device
from aucgan.models.reconstructors.detail import DetailReconstructor
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible


def reconstruct_photos(args: argparse.Namespace) -> None:
    """Reconstruct every photo; those of a folder that cannot be read are named, and the others are done."""
    use_device(args.device)
    photos = find_photos(args.photos)
    names = result_names(photos, args.out)
    try:
        model = cast(DetailReconstructor, load_model(args.config, args.checkpoint, current_device()))
        unread = []
        for number, path in enumerate(photos):
            with interruptible(
                f"the reconstruction of {path}", f"{number} of {len(photos)} photos are done: call it again"
            ):
                unread += [path] * (not _reconstruct_photo(model, path, names[path], args, alone=len(photos) == 1))
    except ValueError as error:
        raise UserError(str(error)) from error
    if unread:
        raise UserError(f"{len(unread)} of {len(photos)} photos could not be read; the others are in {args.out}")


def _reconstruct_photo(
    model: DetailReconstructor, path: Path, name: str, args: argparse.Namespace, alone: bool
) -> bool:
    """Reconstruct one photo; whether it could be read. If it is the only one, that is an error."""
    try:
        image = read_photo(path, model.renderer.image_size, args.crop).to(current_device())
    except UnreadablePhotoError as error:
        if alone:
            raise
        print(f"{args.program}: {error}", file=sys.stderr)
        return False
    write_reconstruction(args.out, name, model, *reconstruct(model, image), source=path)
    print(f"{path} → {args.out}/{name}_*.obj")
    return True
