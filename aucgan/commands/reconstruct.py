"""Reconstruct the faces of aligned photos: meshes, maps and a comparison picture for each.

Example:
    CALL photos/ --checkpoint work_dirs/aucgan_detail_v2/final.pth --crop 0.9
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("photos", type=Path, help="a photo, or a folder of photos")
    parser.add_argument("--checkpoint", type=Path, default=Path("work_dirs/aucgan_detail_v2/final.pth"))
    parser.add_argument(
        "--config", type=Path, default=Path("configs/aucgan_detail_v2.py"), help="config of the checkpoint"
    )
    parser.add_argument("--out", type=Path, default=Path("outputs"), help="folder for the results")
    parser.add_argument("--crop", type=float, default=1.0, help="share of the photo's side to keep, round the centre")
    add_device_option(parser)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.photo_folder import reconstruct_photos
        from aucgan.engine.command_line import run_tool
    doing = f"the reconstruction of {args.photos}"
    return run_tool(args.program, lambda: reconstruct_photos(args), args.traceback, doing)
