"""How long generating people takes: python benchmarks/generate_faces.py --faces 64.

Prints milliseconds of one processor a face, as the processor counts them: what else runs beside it matters little.
"""

from __future__ import annotations

import argparse
import cProfile
import pstats
import time

import torch

from aucgan.datasets.procedural import FaceRenderer, draw_face
from aucgan.heads.library import DEFAULT_HEAD

BUDGET = 2 * 240 / 12_800
"""Seconds of a processor a face: 12 800 of them in four minutes on two."""
BATCH = 16


def main() -> None:
    """Generate, and say how long it took."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--faces", type=int, default=64)
    parser.add_argument("--size", type=int, default=112, help="edge of the photos in pixels")
    parser.add_argument("--head", default=DEFAULT_HEAD)
    parser.add_argument("--profile", action="store_true", help="also name the slowest functions")
    args = parser.parse_args()
    torch.set_num_threads(1)
    renderer = FaceRenderer(args.size, 128, head=args.head)

    def batch(first: int) -> None:
        renderer.render([draw_face(0, "train", index, head=args.head) for index in range(first, first + BATCH)])

    batch(0)  # what is built once
    profile, start = cProfile.Profile(), time.process_time()
    for first in range(BATCH, BATCH + args.faces, BATCH):
        profile.runcall(batch, first) if args.profile else batch(first)
    count = -(-args.faces // BATCH) * BATCH
    print(f"{1000 * (time.process_time() - start) / count:.1f} ms a face; the budget is {1000 * BUDGET:.1f}")
    if args.profile:
        pstats.Stats(profile).sort_stats("tottime").print_stats(25)


if __name__ == "__main__":
    main()
