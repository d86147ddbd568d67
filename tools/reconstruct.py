"""Reconstruct the faces of aligned photos: meshes, maps and a comparison picture for each.

Example:
    python tools/reconstruct.py photos/ --checkpoint work_dirs/aucgan_detail_v2/final.pth --crop 0.9
"""

import argparse
import sys
from pathlib import Path
from typing import cast

from aucgan.process.stopping import during, starting

with starting("reconstruct.py"):
    from aucgan.apis.inference import load_model
    from aucgan.apis.photo_names import result_names
    from aucgan.apis.photos import UnreadablePhotoError, find_photos, read_photo
    from aucgan.apis.reconstruct import reconstruct, write_reconstruction
    from aucgan.engine.command_line import add_device_option, run_tool
    from aucgan.engine.device import current_device, use_device
    from aucgan.engine.errors import UserError
    from aucgan.models.reconstructors.detail import DetailReconstructor


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("photos", type=Path, help="a photo, or a folder of photos")
    parser.add_argument("--checkpoint", type=Path, default=Path("work_dirs/aucgan_detail_v2/final.pth"))
    parser.add_argument(
        "--config", type=Path, default=Path("configs/aucgan_detail_v2.py"), help="config of the checkpoint"
    )
    parser.add_argument("--out", type=Path, default=Path("outputs"), help="folder for the results")
    parser.add_argument("--crop", type=float, default=1.0, help="share of the photo's side to keep, round the centre")
    add_device_option(parser)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser.parse_args(arguments)


def run(args: argparse.Namespace) -> None:
    """Reconstruct every photo; those of a folder that cannot be read are named, and the others are done."""
    use_device(args.device)
    photos = find_photos(args.photos)
    names = result_names(photos, args.out)
    try:
        model = cast(DetailReconstructor, load_model(args.config, args.checkpoint, current_device()))
        unread = []
        for number, path in enumerate(photos):
            with during(f"the reconstruction of {path}", f"{number} of {len(photos)} photos are done: call it again"):
                unread += [path] * (not run_photo(model, path, names[path], args, alone=len(photos) == 1))
    except ValueError as error:
        raise UserError(str(error)) from error
    if unread:
        raise UserError(f"{len(unread)} of {len(photos)} photos could not be read; the others are in {args.out}")


def run_photo(model: DetailReconstructor, path: Path, name: str, args: argparse.Namespace, alone: bool) -> bool:
    """Reconstruct one photo; whether it could be read. If it is the only one, that is an error."""
    try:
        image = read_photo(path, model.renderer.image_size, args.crop).to(current_device())
    except UnreadablePhotoError as error:
        if alone:
            raise
        print(f"reconstruct.py: {error}", file=sys.stderr)
        return False
    write_reconstruction(args.out, name, model, *reconstruct(model, image), source=path)
    print(f"{path} → {args.out}/{name}_*.obj")
    return True


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    return run_tool("reconstruct.py", lambda: run(args), args.traceback, f"the reconstruction of {args.photos}")


if __name__ == "__main__":
    sys.exit(main())
