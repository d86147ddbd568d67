"""How long the viewer takes from a slider's value to what it sends to the browser: python benchmarks/viewer_redraw.py.

Contract: the mean head, or the largest face of --photo with --checkpoint; AU26 at another value each time; one thread;
a call to warm up, then the median of --times. Wall clock and the processor's time of this process: on a busy machine,
they differ. What the browser takes to draw it is not in it.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch

from aucgan import Reconstructor
from aucgan.viewer.drawing import FaceDrawing
from aucgan.viewer.face_maker import FaceMaker

BUDGET = {"draft": 100, "full": 300}
"""Milliseconds that the page allows itself."""


def median_times(draw: Callable[[float], object], times: int) -> tuple[float, float]:
    """Wall clock and processor's time of a call, milliseconds."""
    draw(0.0)
    taken = []
    for number in range(times):
        start = time.perf_counter(), time.process_time()
        draw((number + 1) / times)
        taken.append((time.perf_counter() - start[0], time.process_time() - start[1]))
    wall, own = 1000 * np.median(taken, axis=0)
    return float(wall), float(own)


def main() -> None:
    """Print a table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--photo", type=Path)
    parser.add_argument("--checkpoint", type=Path)
    parser.add_argument("--times", type=int, default=15)
    args = parser.parse_args()
    torch.set_num_threads(1)
    maker = FaceMaker(Reconstructor(checkpoint=args.checkpoint, max_faces=1))
    person = maker.mean if args.photo is None else maker.from_file(args.photo)
    drawing, start = FaceDrawing(person, maker.bump_studio), person.start
    heat = replace(start, look="heat map")
    parts: dict[str, Callable[[float], object]] = {
        "full": lambda value: drawing.full(start.showing({"AU26": value})),
        "draft": lambda value: drawing.draft(start.showing({"AU26": value})),
        "draft, heat map": lambda value: drawing.draft(heat.showing({"AU26": value})),
        "picture beside it": lambda value: person.picture(start.showing({"AU26": value}), 384),
    }
    print("| | wall clock, ms | processor, ms | budget, ms |\n|---|---|---|---|")
    for name, draw in parts.items():
        wall, own = median_times(draw, args.times)
        print(f"| {name} | {wall:.0f} | {own:.0f} | {BUDGET.get(name, '')} |")


if __name__ == "__main__":
    main()
