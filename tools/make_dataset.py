"""Generate faces with their labels: python tools/make_dataset.py data/procedural --train 6000 --val 500."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.datasets.procedural import FaceRenderer, draw_face, generate_dataset

GRID_COLUMNS, GRID_ROWS = 4, 4


def parse_args() -> argparse.Namespace:
    """Command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("root", type=Path, nargs="?", help="folder to write; it appears when complete")
    parser.add_argument("--train", type=int, default=6000, help="photos in the training split")
    parser.add_argument("--val", type=int, default=500, help="photos in the validation split")
    parser.add_argument("--test", type=int, default=500, help="photos in the test split")
    parser.add_argument("--image-size", type=int, default=112, help="edge of the photos in pixels")
    parser.add_argument("--uv-size", type=int, default=128, help="edge of the true displacement maps in texels")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--samples-per-identity", type=int, default=4, help="photos of one person")
    parser.add_argument("--workers", type=int, default=None, help="processes; by default one a processor")
    parser.add_argument("--grid", type=Path, help="also write this PNG of 16 samples, one person each")
    parser.add_argument("--grid-size", type=int, default=224, help="edge of a picture in the grid")
    args = parser.parse_args()
    if args.root is None and args.grid is None:
        parser.error("nothing to do: name a folder, or --grid FILE.png, or both")
    return args


def write_grid(path: Path, size: int, uv_size: int, seed: int, samples_per_identity: int) -> None:
    """Write a picture of the first photo of each of the first test persons."""
    indices = range(0, GRID_COLUMNS * GRID_ROWS * samples_per_identity, samples_per_identity)
    recipes = [draw_face(seed, "test", index, samples_per_identity) for index in indices]
    images = [face.image for face in FaceRenderer(size, uv_size).render(recipes)]
    grid = np.stack(images).reshape(GRID_ROWS, GRID_COLUMNS, size, size, 3)
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(grid.swapaxes(1, 2).reshape(GRID_ROWS * size, GRID_COLUMNS * size, 3)).save(path)


def main() -> None:
    """Run."""
    args = parse_args()
    try:
        if args.root is not None:
            counts = (args.train, args.val, args.test)
            sizes = (args.image_size, args.uv_size)
            generate_dataset(args.root, *counts, *sizes, args.seed, args.samples_per_identity, args.workers)
            print(f"{args.root} holds {sum(counts)} faces")
    except (FileExistsError, ValueError) as error:
        raise SystemExit(f"make_dataset: {error}") from None
    if args.grid is not None:
        write_grid(args.grid, args.grid_size, max(args.uv_size, 256), args.seed, args.samples_per_identity)
        print(f"{args.grid} shows {GRID_COLUMNS * GRID_ROWS} of them")


if __name__ == "__main__":
    main()
