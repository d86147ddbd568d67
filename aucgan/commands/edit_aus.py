"""Edit the face of a photo by action unit: pictures, sweeps, meshes.

Names are action units (AU12, AUL12 or AU12L for the person's own left) and ARKit's shapes (mouthSmileLeft, jawOpen);
what is not named stays as the photo shows it.

Examples:
    CALL photo.jpg --set AU12=0.8 AU4L=0.5
    CALL photo.jpg --set AU12=0.2 --add --save glb codes
    CALL photo.jpg --sweep AU12 0 1 9 --animate gif mp4

docs/editing.md has the rules.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.commands.reconstruct import KINDS as SAVED
from aucgan.process.stopping import starting

KINDS = tuple(kind for kind in SAVED if kind != "video")
BACKGROUNDS = ("photo", "grey")
"""Those of :mod:`aucgan.apis.edit.picture`."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("photo", type=Path, help="whose face is edited")
    parser.add_argument("--set", nargs="+", metavar="NAME=VALUE", help="intensities in [0, 1]")
    parser.add_argument("--add", action="store_true", help="values are added to what the photo shows")
    parser.add_argument(
        "--sweep",
        nargs=4,
        action="append",
        metavar=("NAME", "FROM", "TO", "COUNT"),
        help="one unit at COUNT intensities, beside what is set; may be given several times",
    )
    parser.add_argument("--animate", nargs="*", choices=("gif", "mp4"), default=["gif"], help="sweeps also as these")
    parser.add_argument("--rate", type=float, default=12.0, help="pictures a second")
    parser.add_argument("--face", type=int, default=1, help="which face of the photo; 1 is the largest")
    parser.add_argument("--side", type=int, default=384, help="pixels of a picture's side")
    parser.add_argument("--background", choices=BACKGROUNDS, default="photo")
    add_result_options(parser)


def add_result_options(parser: argparse.ArgumentParser) -> None:
    """Add what edits and transfers share."""
    parser.add_argument("--out", type=Path, default=Path("outputs"), help="folder for the results")
    parser.add_argument("--save", nargs="+", choices=KINDS, default=[], metavar="KIND", help=", ".join(KINDS))
    parser.add_argument("--checkpoint", type=Path, help="a trained model, which adds the detail")
    parser.add_argument("--config", help="its config: a file or a name; default what the checkpoint carries")
    parser.add_argument("--head", help="name or file of the head to fit; default the model's, else anny")
    add_device_option(parser)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    args.sweep = [_sweep(args, *one) for one in args.sweep or []]
    for name in ("face", "side", "rate"):
        if getattr(args, name) <= 0:
            args.error(f"--{name} must be more than 0, got {getattr(args, name)}")
    with starting(args.program):
        from aucgan.apis.edit.program import edit_photo
        from aucgan.engine.command_line import run_tool
    return run_tool(args.program, lambda: edit_photo(args), args.traceback, f"the edit of {args.photo}")


def _sweep(args: argparse.Namespace, name: str, low: str, high: str, count: str) -> tuple[str, float, float, int]:
    try:
        swept = name, float(low), float(high), int(count)
    except ValueError:
        args.error(f"--sweep takes a name, two numbers and how many pictures, not {name} {low} {high} {count}")
        raise
    if swept[3] < 1:
        args.error(f"--sweep {name} needs at least one picture, not {count}")
    return swept
