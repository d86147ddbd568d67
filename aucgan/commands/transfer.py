"""Let the face of one photo do what another face does: its expression, jaw, gaze and turn of the head.

Identity and skin are those of SOURCE; what is done, photo or video, is that of DRIVING.

Examples:
    CALL photo.jpg other.jpg
    CALL photo.jpg clip.mp4 --keep-pose
    CALL photo.jpg clip.mp4 --save morphs codes

docs/editing.md has the rules.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.edit_aus import BACKGROUNDS, add_result_options
from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("source", type=Path, help="the photo of the person")
    parser.add_argument("driving", type=Path, help="a photo or a video of what is done")
    parser.add_argument("--keep-pose", action="store_true", help="the head stays turned as in SOURCE")
    parser.add_argument("--side", type=int, default=384, help="pixels of a picture's side")
    parser.add_argument("--background", choices=BACKGROUNDS, help="default photo with --keep-pose, else grey")
    add_result_options(parser)


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    if args.side <= 0:
        args.error(f"--side must be more than 0, got {args.side}")
    with starting(args.program):
        from aucgan.apis.edit.program import transfer
        from aucgan.engine.command_line import run_tool
    doing = f"the transfer of {args.driving} to {args.source}"
    return run_tool(args.program, lambda: transfer(args), args.traceback, doing)
