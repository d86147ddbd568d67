"""Draw the contact sheets of a head: neutral people, and every expression column at full weight.

Example:
    python tools/draw_heads.py anny docs/images
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aucgan.process.stopping import starting

with starting("draw_heads.py"):
    from PIL import Image

    from aucgan.engine.command_line import run_tool
    from aucgan.heads import load_head
    from aucgan.heads.pictures import expression_sheet, people_sheet

QUALITY = 80


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("head", help="'anny' or the path of a head's .npz")
    parser.add_argument("folder", type=Path, help="where heads_people.jpg and heads_shapes.jpg go")
    parser.add_argument("--people", type=int, default=16, help="how many people to draw (default: 16)")
    parser.add_argument("--seed", type=int, default=0, help="of the people (default: 0)")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser.parse_args(arguments)


def run(args: argparse.Namespace) -> None:
    """Write the two pictures."""
    head = load_head(args.head)
    args.folder.mkdir(parents=True, exist_ok=True)
    sheets = {"people": people_sheet(head, args.people, args.seed), "shapes": expression_sheet(head)}
    for name, sheet in sheets.items():
        Image.fromarray(sheet).save(args.folder / f"heads_{name}.jpg", quality=QUALITY)
    print(f"heads_people.jpg and heads_shapes.jpg are in {args.folder}")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    return run_tool("draw_heads.py", lambda: run(args), args.traceback, f"the pictures of the head {args.head}")


if __name__ == "__main__":
    sys.exit(main())
