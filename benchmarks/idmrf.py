"""The chunked MRF term against the patch-convolution form, side by side in one run.

Command: ``OMP_NUM_THREADS=1 python benchmarks/idmrf.py [--size 256] [--batch 4] [--repeats 3]``

Contract: features of the sizes that VGG19 gives for the two default layers (relu3_1: 256 × size/4 × size/4; relu4_1:
512 × size/8 × size/8), random and rectified; forward + backward to the generated features; one warm-up, then the
median of interleaved repeats. The twin follows the published formulas literally: every target position is a 1×1 filter
of a convolution, and autograd keeps what it needs. Memory is the rise of the peak resident memory (Linux), each
form in a fresh process; values and gradients of both forms are compared first. Target: at least 3 times the speed
and at most 1/8 of the memory, over both layers together.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time

import torch
from torch import Tensor

from aucgan.losses.image.mrf import mrf_loss
from aucgan.losses.image.naive_mrf import patch_convolution_mrf

LAYERS = {"relu3_1": (256, 4), "relu4_1": (512, 8)}


FORMS = {"literal": patch_convolution_mrf, "chunked": mrf_loss}


def features(layer: str, size: int, batch: int) -> tuple[Tensor, Tensor]:
    """Random rectified features of a layer."""
    channels, stride = LAYERS[layer]
    shape = (batch, channels, size // stride, size // stride)
    generator = torch.Generator().manual_seed(0)
    gen, target = (torch.randn(shape, generator=generator).relu_() for _ in range(2))
    return gen.requires_grad_(True), target


def step(form: str, gen: Tensor, target: Tensor) -> tuple[float, float]:
    """One forward and backward; seconds and value."""
    gen.grad = None
    start = time.perf_counter()
    loss = FORMS[form](gen, target)
    loss.backward()
    return time.perf_counter() - start, loss.item()


def compare(layer: str, size: int, batch: int, repeats: int) -> dict[str, float]:
    """Median seconds of both forms, after a check that they agree."""
    gen, target = features(layer, size, batch)
    _, expected = step("literal", gen, target)
    expected_grad = gen.grad.clone()
    _, value = step("chunked", gen, target)
    gap = (gen.grad - expected_grad).abs().max() / expected_grad.abs().max()
    print(f"{layer}: value differs by {abs(value - expected):.1e}, gradient by {gap:.1e} of its largest")
    times: dict[str, list[float]] = {form: [] for form in FORMS}
    for _ in range(repeats):
        for form in FORMS:
            times[form].append(step(form, gen, target)[0])
    return {form: statistics.median(values) for form, values in times.items()}


def resident_mib(field: str) -> float:
    """A field of /proc/self/status in MiB: ``VmRSS`` is resident now, ``VmHWM`` the peak since the last reset."""
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith(field))
    return int(line.split()[1]) / 1024


def peak_memory(form: str, layer: str, size: int, batch: int) -> float:
    """Rise of the peak resident memory by one step, MiB; run in a fresh process."""
    step(form, *features(layer, 32, 1))  # loads the libraries
    gen, target = features(layer, size, batch)
    with open("/proc/self/clear_refs", "w", encoding="ascii") as reset:
        reset.write("5")  # forget the peak so far
    before = resident_mib("VmRSS")
    step(form, gen, target)
    return resident_mib("VmHWM") - before


def measured_memory(form: str, layer: str, args: argparse.Namespace) -> float:
    """Run :func:`peak_memory` in a process of its own."""
    options = ["--size", str(args.size), "--batch", str(args.batch), "--memory", form, layer]
    done = subprocess.run(
        [sys.executable, __file__, *options], check=True, capture_output=True, text=True, encoding="utf-8"
    )
    return float(done.stdout)


def main() -> None:
    """Print one line a layer and the ratios over both."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--size", type=int, default=256, help="side of the images, pixels")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--memory", nargs=2, metavar=("FORM", "LAYER"), help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.memory:
        print(peak_memory(*args.memory, args.size, args.batch))
        return
    seconds = {layer: compare(layer, args.size, args.batch, args.repeats) for layer in LAYERS}
    memory = {layer: {form: measured_memory(form, layer, args) for form in FORMS} for layer in LAYERS}
    for layer in LAYERS:
        s, m = seconds[layer], memory[layer]
        forms = "; ".join(f"{form} {s[form]:.2f} s, {m[form]:.0f} MiB" for form in FORMS)
        faster, less = s["literal"] / s["chunked"], m["literal"] / m["chunked"]
        print(f"{layer}: {forms}; {faster:.1f} x faster, {less:.1f} x less memory")
    total = {form: sum(s[form] for s in seconds.values()) for form in FORMS}
    peak = {form: max(m[form] for m in memory.values()) for form in FORMS}
    print(
        f"together: {total['literal'] / total['chunked']:.1f} x faster, "
        f"peak memory {peak['literal'] / peak['chunked']:.1f} x less"
    )


if __name__ == "__main__":
    main()
