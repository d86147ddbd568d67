"""Find MediaPipe's 468 points on a head: people of it are rendered, and the landmark network labels the renders.

Examples:
    CALL assets/head.npz                      # the points become part of the file
    CALL anny --output points.npz --picture points.png
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("head", metavar="HEAD", help="a name or a file that load_head takes")
    parser.add_argument("--output", type=Path, help="an .npz for the points alone; without it they join HEAD's file")
    parser.add_argument("--picture", type=Path, help="also draw the points on some of the people")
    parser.add_argument("--people", type=int, default=12, help="how many people are rendered (three yaws each)")
    parser.add_argument("--seed", type=int, default=0, help="of the people")
    parser.add_argument("--models", type=Path, help="folder of MediaPipe's networks; by default an installed wheel")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.embedding.program import embed
        from aucgan.engine.command_line import run_tool
    doing, kept = f"the landmarks of {args.head}", "nothing is written: call it again"
    return run_tool(args.program, lambda: embed(args), args.traceback, doing, kept)
