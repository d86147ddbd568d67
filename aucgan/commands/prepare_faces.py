"""Turn a folder of photos into training data: found, cropped, fitted, labelled, split by persons.

Call it again to go on where it was interrupted, or when there are more photos.

Examples:
    CALL photos/ data/photos
    CALL photos/ data/photos --identity name --aus labels.csv
    CALL photos/ data/photos --part 3/100 --format shards
    CALL --check data/photos

docs/photos_to_data.md describes every file.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("photos", type=Path, nargs="?", help="folder of photos; folders in it are looked into")
    parser.add_argument("out", type=Path, nargs="?", help="folder of the data set")
    parser.add_argument("--check", type=Path, metavar="OUT", help="read a prepared set whole and draw a contact sheet")
    parser.add_argument("--part", default="1/1", metavar="K/N", help="a share of the photos, for N machines")
    parser.add_argument("--format", default="folder", help="folder (a file for each thing) or shards (tar files)")
    parser.add_argument("--shard-size", type=int, default=1000, help="samples in a shard")
    parser.add_argument(
        "--identity",
        default="folder",
        help="who is in a photo: folder (the first below PHOTOS), name (the file's, up to _ - . or a blank), photo "
        "(everybody is somebody else), or a CSV with name,identity",
    )
    parser.add_argument("--aus", type=Path, help="action units: a CSV, or a list of BP4D or DISFA; else the fit's")
    parser.add_argument("--shares", type=float, nargs=3, default=[0.8, 0.1, 0.1], help="of persons: train, val, test")
    parser.add_argument("--size", type=int, default=288, help="most pixels on a side of the crops")
    parser.add_argument("--min-side", type=int, default=96, help="crops of fewer pixels of the photo are left out")
    parser.add_argument("--min-confidence", type=float, default=0.5, help="fits of less are left out")
    parser.add_argument("--min-skin", type=float, default=0.25, help="faces of which less is visible are left out")
    parser.add_argument("--max-faces", type=int, default=1, help="so many faces of a photo, the largest")
    parser.add_argument("--quality", type=int, default=95, help="of the JPEGs")
    parser.add_argument("--head", default="anny", help="name or file of the head that is fitted")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    if args.check is None and args.out is None:
        args.error("name the folder of the photos and that of the data set, or --check OUT")
    if args.check is not None and args.photos is not None:
        args.error("--check takes a prepared data set alone")
    with starting(args.program):
        from aucgan.apis.preparation.program import prepare
        from aucgan.engine.command_line import run_tool
    doing = f"the check of {args.check}" if args.check else f"the preparation of {args.photos}"
    return run_tool(args.program, lambda: prepare(args), args.traceback, doing, "call it again: it goes on")
