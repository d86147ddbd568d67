"""Fitting: milliseconds a face, and Levenberg-Marquardt beside Adam on the same energies.

    python benchmarks/fitting.py [--head anny] [--faces 32] [--threads 2] [--adam 300]

The faces are people of the head with drawn expressions, seen by a pinhole camera; their 468 points err by one percent
of the eyes' distance. Each time is the median of three after one to warm up. Adam minimises the same sum of energies by
automatic differentiation, from the same start, within the same bounds; its best learning rate of four counts, and it
has arrived where the summed cost is within one percent of Levenberg-Marquardt's drop.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Callable
from dataclasses import replace

import numpy as np
import torch

from aucgan.detection import DetectedFace
from aucgan.detection.mesh_points import N_POINTS
from aucgan.fitting import FaceFitter
from aucgan.fitting.defaults import PHOTO_STAGE, STAGES_OF_A_FIT
from aucgan.fitting.first_state import first_state
from aucgan.fitting.levenberg_marquardt import minimise
from aucgan.fitting.observing import observe
from aucgan.fitting.view import View
from aucgan.models.face_models.rotations import axis_angle_to_matrix
from aucgan.renderers.camera import pinhole

SIDE, FOCAL, NOISE = 512, 1000.0, 0.01
RATES = (0.003, 0.01, 0.03, 0.1)


def drawn_faces(fitter: FaceFitter, count: int) -> list[DetectedFace]:
    """People of the head, seen."""
    rng, columns = torch.Generator().manual_seed(0), fitter.model.columns
    codes = torch.rand(count, len(columns.names), generator=rng)
    codes = codes * (torch.rand(codes.shape, generator=rng) > 0.85)
    points = fitter.model.points(torch.randn(count, columns.n_identity, generator=rng), codes)[:, :N_POINTS]
    turn = axis_angle_to_matrix(0.4 * (torch.rand(count, 3, generator=rng) - 0.5))
    placed = points @ turn.transpose(1, 2) + torch.tensor([0.0, 0.0, -0.8])
    pixels = pinhole(placed, torch.full((count,), FOCAL), torch.full((count, 2), SIDE / 2))
    unit = (pixels[:, 33] - pixels[:, 263]).norm(dim=1)[:, None, None]
    pixels = pixels + NOISE * unit * torch.randn(pixels.shape, generator=rng)
    return [DetectedFace(np.zeros(4, np.float32), 1.0, landmarks468=one.numpy()) for one in pixels]


def median_ms(call: Callable[[], object], faces: int) -> float:
    """Median of three after one, milliseconds a face."""
    times = []
    for _ in range(4):
        start = time.perf_counter()
        call()
        times.append(1e3 * (time.perf_counter() - start) / faces)
    return statistics.median(times[1:])


def side_by_side(fitter: FaceFitter, faces: list[DetectedFace], photos: list[np.ndarray], steps: int) -> None:
    """Print what both solvers need."""
    known = [FOCAL] * len(faces)
    observed = observe(faces, photos, known, None, None, fitter.model.columns, 1.3, weak=False)
    state, observed = first_state(fitter.model, observed, None, 0.8)
    stage = replace(fitter.stages["landmarks"], iterations=20)
    energies = [fitter.energies[name] for name in stage.energies]

    def view_of(state):
        return View(fitter.model.points, observed, state)

    start = time.perf_counter()
    found = minimise(view_of, state, energies, 20, stage.free(state))
    ours = time.perf_counter() - start
    first, best = (
        float(torch.stack([e.cost(view_of(one)).sum() for e in energies]).sum()) for one in (state, found.state)
    )
    print(f"Levenberg-Marquardt: cost {first:.0f} to {best:.1f} in {int(found.steps.max())} steps, {ours:.2f} s")
    goal = best + 0.01 * (first - best)
    results = [adam(view_of, state, energies, observed.columns.bounds, rate, steps, goal) for rate in RATES]
    for rate, (cost, count, seconds) in zip(RATES, results, strict=True):
        print(f"Adam, rate {rate}: cost {cost:.1f} after {count} steps, {seconds:.2f} s, {seconds / ours:.1f} times")


def adam(view_of, state, energies, bounds, rate, steps, goal) -> tuple[float, int, float]:
    """Cost, steps and seconds of Adam until it reaches a cost, or until the steps are used up."""
    step = torch.zeros(len(state), state.width, requires_grad=True)
    optimizer, begin = torch.optim.Adam([step], rate), time.perf_counter()
    cost, count = torch.tensor(torch.inf), 0
    while count < steps:
        count += 1
        view = view_of(state.moved(step, bounds))
        cost = torch.stack([energy.cost(view) for energy in energies]).sum()
        if float(cost) < goal:
            break
        optimizer.zero_grad()
        cost.backward()
        optimizer.step()
    return float(cost), count, time.perf_counter() - begin


def main() -> None:
    """Print the numbers."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--head", default="anny")
    parser.add_argument("--faces", type=int, default=32)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--adam", type=int, default=300, help="most steps of Adam")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    fitter = FaceFitter(args.head)
    faces, photos = drawn_faces(fitter, args.faces), [np.full((SIDE, SIDE, 3), 128, np.uint8)] * args.faces
    print(f"pose and landmarks: {median_ms(lambda: fitter(faces, photos), args.faces):.1f} ms a face")
    looking = FaceFitter(args.head, stages=STAGES_OF_A_FIT | PHOTO_STAGE)
    print(f"and the photo:      {median_ms(lambda: looking(faces[:8], photos[:8]), 8):.1f} ms a face")
    side_by_side(fitter, faces, photos, args.adam)


if __name__ == "__main__":
    main()
