"""Reconstruct the faces of photos and videos: meshes, maps, expression in words and numbers, pictures.

Faces are found, and the head is fitted to each; a trained model, where one is named, adds the detail.

Examples:
    CALL photos/ --out faces
    CALL clip.mp4 --out faces --save arkit aus video
    CALL photos/ --checkpoint work_dirs/aucgan_detail_v2/final.pth
    CALL aligned/ --checkpoint work_dirs/aucgan_detail_v2/final.pth --crop 0.9
    CALL photos/ --out faces --cluster local:2

docs/reconstruct.md describes every file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.cluster_option import add_cluster_option
from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting

_MESHES = ("coarse", "detail", "displacement", "normal", "dense", "glb", "morphs")
_NUMBERS = ("arkit", "aus", "codes", "landmarks", "words")
KINDS = ("all", *_MESHES, *_NUMBERS, "overlay", "comparison", "video")
"""Those of :mod:`aucgan.apis.reconstruction.kinds`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("photos", type=Path, help="a photo, a video, or a folder of them")
    parser.add_argument("--out", type=Path, default=Path("outputs"), help="folder for the results")
    parser.add_argument("--save", nargs="+", choices=KINDS, default=["all"], metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--overwrite", action="store_true", help="do again what is done already")
    parser.add_argument("--same-person", action="store_true", help="the largest face of each photo is one person's")
    parser.add_argument("--max-faces", type=_positive, help="so many faces of a photo, the largest; default all")
    parser.add_argument("--checkpoint", type=Path, help="a trained model, which adds the detail")
    parser.add_argument("--config", help="its config: a file or a name; default what the checkpoint carries")
    parser.add_argument("--head", help="name or file of the head to fit; default the model's, else anny")
    parser.add_argument("--detector", default="MediaPipeFaceMesh", help="what finds faces: the name of a detector")
    parser.add_argument(
        "--crop",
        type=float,
        help="take photos as aligned, without looking for faces: the share of the side to keep, round the centre",
    )
    add_cluster_option(parser)
    add_device_option(parser)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    if args.crop is not None and not 0 < args.crop <= 1:
        args.error(f"--crop must be in (0, 1], got {args.crop}")
    if args.crop is not None and args.checkpoint is None and args.config is None:
        args.error("--crop needs a trained model: name a --checkpoint")
    with starting(args.program):
        from aucgan.apis.photo_folder import reconstruct_photos
        from aucgan.engine.command_line import run_tool
    doing = f"the reconstruction of {args.photos}"
    return run_tool(args.program, lambda: reconstruct_photos(args), args.traceback, doing)


def _positive(text: str) -> int:
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"must be at least 1, got {number}")
    return number
