"""Generate faces with their labels: CALL data/procedural --train 6000 --val 500."""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.process.stopping import starting

FORMATTER = argparse.ArgumentDefaultsHelpFormatter


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("root", type=Path, nargs="?", help="folder to write; it appears when complete")
    parser.add_argument("--train", type=int, default=6000, help="photos in the training split")
    parser.add_argument("--val", type=int, default=500, help="photos in the validation split")
    parser.add_argument("--test", type=int, default=500, help="photos in the test split")
    parser.add_argument("--image-size", type=int, default=112, help="edge of the photos in pixels")
    parser.add_argument("--uv-size", type=int, default=128, help="edge of the true displacement maps in texels")
    parser.add_argument("--head", default="anny", help="whose faces: anny or the file of a head")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples-per-identity", type=int, default=4, help="photos of one person")
    parser.add_argument("--workers", type=int, default=None, help="processes; by default one a processor")
    parser.add_argument("--grid", type=Path, help="also write this PNG of 16 samples, one person each")
    parser.add_argument("--grid-size", type=int, default=224, help="edge of a picture in the grid")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    if args.root is None and args.grid is None:
        args.error("nothing to do: name a folder, or --grid FILE.png, or both")
    with starting(args.program):
        from aucgan.apis.face_set import make_faces
        from aucgan.engine.command_line import run_tool
    kept = "an unfinished set is not kept: call it again"
    return run_tool(args.program, lambda: make_faces(args), args.traceback, f"the generation of {args.root}", kept)
