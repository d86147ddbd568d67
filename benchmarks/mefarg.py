"""MEFARG in eval mode: the structured form against the literal one, side by side in one run.

Command: ``python benchmarks/mefarg.py [--batch 4] [--threads 1] [--repeats 3]`` (the literal form needs about 1 GB
for each image of the batch).

Compared: the whole network with ResNet-50 at 224 px, frozen weights; ``forward`` without gradients, and ``forward +
backward`` of the sum of probabilities and node features to the image. The literal form
(:mod:`aucgan.models.au.naive_mefarg`) shares weights and backbone and materialises all 729 pairs. Times are medians of
interleaved runs after one warm-up each. Memory is the growth of the process's peak resident size over one such call,
each in a process of its own (Linux) whose allocator returns freed blocks at once, so that live memory is counted.

Contract: outputs and image gradients agree to 1e-5 of their largest value; time ratios ≥ 5, memory ratios ≥ 10.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from aucgan.models.au.mefarg import MEFARG
from aucgan.models.au.naive_mefarg import NaiveMEFARG

IMAGE_SIZE = 224
FORMS = ("literal", "structured")
PASSES = ("forward", "forward + backward")


def build(form: str) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """The network of a form, with the same random weights for both."""
    torch.manual_seed(0)
    net = MEFARG(backbone="resnet50").eval().requires_grad_(False)
    return net if form == "structured" else NaiveMEFARG(net)


def run(form: Callable, image: Tensor, kind: str) -> list[Tensor]:
    """One measured call; its results."""
    if kind == "forward":
        with torch.no_grad():
            return list(form(image))
    image = image.clone().requires_grad_()
    probabilities, nodes = form(image)
    (probabilities.sum() + nodes.sum()).backward()
    return [image.grad]


def resident(field: str) -> float:
    """A resident size of this process in MB: ``VmRSS`` now, ``VmHWM`` at its peak."""
    for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines():
        if line.startswith(field):
            return int(line.split()[1]) / 1024
    raise OSError(f"/proc/self/status has no {field}: memory is measured on Linux only")


def peak_memory(form: str, kind: str, batch: int) -> float:
    """Growth of the peak resident size over one call, in MB; to be run in a fresh process."""
    net, image = build(form), torch.randn(batch, 3, IMAGE_SIZE, IMAGE_SIZE)
    run(net, image[:1, :, :64, :64].contiguous(), kind)  # loads kernels and thread pools
    Path("/proc/self/clear_refs").write_text("5", encoding="utf-8")  # resets VmHWM
    before = resident("VmRSS")
    run(net, image, kind)
    return resident("VmHWM") - before


def measured_elsewhere(form: str, kind: str, args: argparse.Namespace) -> float:
    """:func:`peak_memory` in a process of its own."""
    options = ["--batch", args.batch, "--threads", args.threads, "--memory-of", form, kind]
    command = [sys.executable, __file__, *map(str, options)]
    env = dict(os.environ, MALLOC_MMAP_THRESHOLD_="65536", MALLOC_TRIM_THRESHOLD_="65536")
    return float(subprocess.run(command, check=True, capture_output=True, text=True, env=env, encoding="utf-8").stdout)


def difference(ours: list[Tensor], wanted: list[Tensor]) -> float:
    """Largest difference, relative to the largest value of its tensor."""
    return max(float((a - b).abs().max() / b.abs().max()) for a, b in zip(ours, wanted, strict=True))


def compare(kind: str, args: argparse.Namespace) -> None:
    """Measure one kind of pass and print its line."""
    nets = {form: build(form) for form in FORMS}
    image = torch.randn(args.batch, 3, IMAGE_SIZE, IMAGE_SIZE)
    results = {form: run(net, image, kind) for form, net in nets.items()}
    times = {form: [] for form in FORMS}
    for _ in range(args.repeats):
        for form, net in nets.items():
            start = time.perf_counter()
            run(net, image, kind)
            times[form].append(time.perf_counter() - start)
    seconds = [statistics.median(times[form]) for form in FORMS]
    memory = [measured_elsewhere(form, kind, args) for form in FORMS]
    print(
        f"{kind:18}  time {seconds[0]:7.2f} s → {seconds[1]:6.2f} s  ({seconds[0] / seconds[1]:4.1f}×)   "
        f"memory {memory[0]:6.0f} MB → {memory[1]:5.0f} MB  ({memory[0] / memory[1]:4.1f}×)   "
        f"difference {difference(results['structured'], results['literal']):.1e}"
    )


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory-of", nargs=2, metavar=("FORM", "PASS"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    if args.memory_of:
        print(peak_memory(*args.memory_of, args.batch))
        return
    print(f"MEFARG, ResNet-50, {IMAGE_SIZE} px, batch {args.batch}, {args.threads} thread(s), literal → structured")
    for kind in PASSES:
        compare(kind, args)


if __name__ == "__main__":
    main()
