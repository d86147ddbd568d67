"""Turn files of action units, ARKit weights or expression codes into each other.

Examples:
    CALL aus.csv arkit.csv --to arkit
    CALL take.csv codes.npz --to codes --head anny
"""

from __future__ import annotations

import argparse

from aucgan.process.stopping import starting

KINDS = ("aus", "arkit", "codes")
EPILOG = """
What SRC speaks is told by its columns: AU1 AUL2 … (intensities in [0, 1]), jawOpen mouthSmileLeft … (also mouthSmile_L
and the CSV of Live Link Face), or exp0 exp1 … jaw_x jaw_y jaw_z. SRC and DST are .csv (a row a frame), .json (one
object or a list) or .npz (names and values, or exp and jaw_pose). docs/expression.md has the table.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("source", metavar="SRC", help="the file to read")
    parser.add_argument("target", metavar="DST", help="the file to write")
    parser.add_argument("--to", choices=KINDS, required=True, help="what DST shall speak")
    parser.add_argument("--head", default="anny", help="whose codes: a name or a file that load_head takes")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.expression_files import convert_expression_file
        from aucgan.engine.command_line import run_tool
    doing, kept = f"the conversion of {args.source}", "nothing is written: call it again"

    def convert() -> None:
        print(convert_expression_file(args.source, args.target, args.to, args.head))

    return run_tool(args.program, convert, args.traceback, doing, kept)
