"""Write every map of one procedural face: albedo, normals, displacement, shading, texture, renders.

Example:
    CALL outputs/maps --index 3
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("folder", type=Path, help="where to write")
    parser.add_argument("--index", type=int, default=0, help="which face of the test split")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--head", default="anny", help="whose face: anny or the file of a head")
    parser.add_argument("--image-size", type=int, default=224)
    parser.add_argument("--uv-size", type=int, default=256)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.face_maps import write_face_maps
        from aucgan.engine.command_line import run_tool

    def write() -> None:
        write_face_maps(args.folder, args.seed, args.index, args.image_size, args.uv_size, args.head)

    return run_tool(args.program, write, args.traceback, f"the maps of face {args.index}")
