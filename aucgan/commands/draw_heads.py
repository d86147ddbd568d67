"""Draw the contact sheets of a head: neutral people, and every expression column at full weight.

Example: ``CALL anny docs/images``
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("head", help="a name or a file that load_head takes")
    parser.add_argument("folder", type=Path, help="where heads_people.jpg and heads_shapes.jpg go")
    parser.add_argument("--people", type=int, default=16, help="how many people to draw (default: 16)")
    parser.add_argument("--seed", type=int, default=0, help="of the people (default: 0)")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.heads.pictures import write_sheets
    doing, kept = f"the pictures of the head {args.head}", "call it again"

    def draw() -> None:
        names = write_sheets(args.head, args.folder, args.people, args.seed)
        print(f"{' and '.join(names)} are in {args.folder}")

    return run_tool(args.program, draw, args.traceback, doing, kept)
