"""Draw the contact sheets of a head.

    python tools/draw_heads.py anny docs/images

Sixteen neutral people drawn from the identity prior (``heads_people.jpg``) and every expression column at full weight
(``heads_shapes.jpg``).
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from aucgan.heads import load_head
from aucgan.heads.pictures import expression_sheet, people_sheet

QUALITY = 80


def main(argv: Sequence[str] | None = None) -> None:
    """Parse the command line and write the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("head", help="'anny' or the path of a head's .npz")
    parser.add_argument("folder", type=Path, help="where the two pictures go")
    parser.add_argument("--people", type=int, default=16, help="how many people to draw")
    parser.add_argument("--seed", type=int, default=0, help="of the people")
    arguments = parser.parse_args(argv)
    head = load_head(arguments.head)
    arguments.folder.mkdir(parents=True, exist_ok=True)
    sheets = {
        "heads_people.jpg": people_sheet(head, arguments.people, arguments.seed),
        "heads_shapes.jpg": expression_sheet(head),
    }
    for name, sheet in sheets.items():
        Image.fromarray(sheet).save(arguments.folder / name, quality=QUALITY)
        print(arguments.folder / name)


if __name__ == "__main__":
    main()
