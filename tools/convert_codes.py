"""Turn files of action units, ARKit weights or expression codes into each other.

Example:
    python tools/convert_codes.py aus.csv arkit.csv --to arkit
    python tools/convert_codes.py take.csv codes.npz --to codes --head anny
"""

from __future__ import annotations

import argparse
import sys

from aucgan.process.stopping import starting

with starting("convert_codes.py"):
    from aucgan.apis.expression_files import KINDS, convert_expressions, read_expressions, write_expressions
    from aucgan.engine.command_line import run_tool
    from aucgan.engine.errors import UserError
    from aucgan.heads import load_head

FORMATS = """
What SRC speaks is told by its columns: AU1 AUL2 … (intensities in [0, 1]), jawOpen mouthSmileLeft … (also mouthSmile_L
and the CSV of Live Link Face), or exp0 exp1 … jaw_x jaw_y jaw_z. SRC and DST are .csv (a row a frame), .json (one
object or a list) or .npz (names and values, or exp and jaw_pose). docs/expression.md has the table.
"""


def convert(args: argparse.Namespace) -> None:
    """Convert one file and say what was done."""
    try:
        content = read_expressions(args.source)
        head = load_head(args.head) if "codes" in (content.kind, args.to) else None
        write_expressions(args.target, convert_expressions(content, args.to, head))
    except ValueError as error:
        raise UserError(str(error)) from error
    print(f"{len(content.rows)} frames of {content.kind} from {args.source} → {args.to} in {args.target}")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    parser = argparse.ArgumentParser(
        description=__doc__, epilog=FORMATS, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("source", metavar="SRC", help="the file to read")
    parser.add_argument("target", metavar="DST", help="the file to write")
    parser.add_argument("--to", choices=KINDS, required=True, help="what DST shall speak")
    parser.add_argument("--head", default="anny", help="whose codes: a name or a file that load_head takes")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    args = parser.parse_args(arguments)
    doing, kept = f"the conversion of {args.source}", "nothing is written: call it again"
    return run_tool("convert_codes.py", lambda: convert(args), args.traceback, doing, kept)


if __name__ == "__main__":
    sys.exit(main())
