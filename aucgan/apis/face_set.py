"""A data set of generated faces, and a picture of some of them."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
from PIL import Image

from aucgan.datasets.procedural import FaceRenderer, draw_face, generate_dataset
from aucgan.files.atomic import atomic_path
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible

GRID_COLUMNS, GRID_ROWS = 4, 4


def write_grid(path: Path, size: int, uv_size: int, seed: int, samples_per_identity: int, head: str) -> None:
    """Write a picture of the first photo of each of the first test persons."""
    indices = range(0, GRID_COLUMNS * GRID_ROWS * samples_per_identity, samples_per_identity)
    recipes = [draw_face(seed, "test", index, samples_per_identity, head=head) for index in indices]
    images = [face.image for face in FaceRenderer(size, uv_size, head=head).render(recipes)]
    grid = np.stack(images).reshape(GRID_ROWS, GRID_COLUMNS, size, size, 3)
    with atomic_path(path) as temporary:
        Image.fromarray(grid.swapaxes(1, 2).reshape(GRID_ROWS * size, GRID_COLUMNS * size, 3)).save(temporary)


def make_faces(args: argparse.Namespace) -> None:
    """Generate what is asked for; ``args`` as of ``aucgan make-dataset``."""
    if args.root is not None:
        counts = (args.train, args.val, args.test)
        sizes = (args.image_size, args.uv_size)
        try:
            drawn = (args.seed, args.samples_per_identity, args.workers, args.head, args.strangers, args.wrinkles)
            generate_dataset(args.root, *counts, *sizes, *drawn)
        except ValueError as error:
            raise UserError(str(error)) from error
        strangers = args.test if args.strangers is None else args.strangers
        print(f"{args.root} holds {sum(counts)} faces, and {strangers} of strangers")
    if args.grid is not None:
        with interruptible(f"the picture {args.grid}"):
            size = (args.grid_size, max(args.uv_size, 256))
            write_grid(args.grid, *size, args.seed, args.samples_per_identity, args.head)
        print(f"{args.grid} shows {GRID_COLUMNS * GRID_ROWS} of them")
