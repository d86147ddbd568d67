"""The detail step at full size: the old procedure against ours, in one run on the same weights and batch.

Command: ``python benchmarks/train_step.py [--batch 4] [--threads 2] [--rounds 2] [--repeats 3] [--device cpu]``
(on a machine that others use, too: ``--threads 1 --clock cpu`` counts processor time, which waiting does not lengthen).

Compared: v2 at 224 px with ResNet-50, 256 × 256 UV maps, the AU network of OpenGraphAU, VGG19 and the MRF term; the
forms are those of ``detail_step.py``. ``literal`` is ``literal_step.py``; ``lean`` computes everything; ``stored``
finds the frozen networks' outputs for the photo in the batch; ``stored bf16`` computes in bfloat16, too. What a switch
is worth: ``--forms lean "lean bf16" "lean contiguous" "lean compiled"`` (channels-last weights are on unless named).

Contract: every form runs in a process of its own, and the rounds interleave the forms. A process takes one step to
warm up (whose losses are compared with the literal form's), then ``--repeats`` steps (the literal form one). Reported:
the median of all steps of a form, and the largest peak of resident memory (on a GPU: of allocated memory), with
libraries and weights. Goals on the CPU: 5, 7 and 9 times the images a second of the literal form, 1/4 of its memory.
"""

from __future__ import annotations

import argparse
import json
import resource
import statistics
import subprocess
import sys
import time

import torch
from detail_step import FORMS, build_step

CLOCKS = {"wall": time.perf_counter, "cpu": time.process_time}
GOALS = {"literal": 1, "lean": 5, "stored": 7, "stored bf16": 9}


def measure(form: str, args: argparse.Namespace) -> dict:
    """Seconds of each step, peak memory in MiB and the first step's losses; to be run in a fresh process."""
    torch.set_num_threads(args.threads)
    clock = CLOCKS[args.clock]
    step = build_step(form, args.batch, args.device)
    losses = {name: float(value) for name, value in step().items()}
    seconds = []
    for _ in range(1 if form == "literal" else args.repeats):
        synchronise(args.device)
        start = clock()
        step()
        synchronise(args.device)
        seconds.append(clock() - start)
    return dict(seconds=seconds, memory=peak_memory(args.device), losses=losses)


def synchronise(device: str) -> None:
    """Wait for a GPU."""
    if device != "cpu":
        torch.cuda.synchronize()


def peak_memory(device: str) -> float:
    """Peak memory of this process in MiB: resident, or allocated on a GPU."""
    if device != "cpu":
        return torch.cuda.max_memory_allocated() / 2**20
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def measured_elsewhere(form: str, args: argparse.Namespace) -> dict:
    """:func:`measure` in a process of its own."""
    options = [f"--{name}={getattr(args, name)}" for name in ("batch", "threads", "repeats", "device", "clock")]
    done = subprocess.run([sys.executable, __file__, *options, "--form", form], check=True, stdout=subprocess.PIPE)
    return json.loads(done.stdout.splitlines()[-1])


def furthest_loss(losses: dict[str, float], wanted: dict[str, float]) -> str:
    """The loss that differs most from the literal form's, and by how much, relatively."""
    gaps = {name: abs(losses[name] - value) / max(abs(value), 1e-6) for name, value in wanted.items()}
    name = max(gaps, key=gaps.get)
    return f"{name} by {gaps[name]:.1e}"


def main() -> None:
    """Parse the command line and measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=2)
    parser.add_argument("--repeats", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--clock", choices=CLOCKS, default="wall", help="cpu: processor time, for shared machines")
    parser.add_argument("--forms", nargs="+", default=FORMS, metavar="FORM", help="forms to measure")
    parser.add_argument("--form", help=argparse.SUPPRESS)
    args = parser.parse_args()
    if args.form:
        print(json.dumps(measure(args.form, args)))
        return
    runs: dict[str, list[dict]] = {form: [] for form in args.forms}
    for _ in range(args.rounds):
        for form in args.forms:
            runs[form].append(measured_elsewhere(form, args))
    report(runs, args)


def report(runs: dict[str, list[dict]], args: argparse.Namespace) -> None:
    """Print one line a form; ratios are to the first."""
    print(f"detail step, 224 px, batch {args.batch}, {args.device}, {args.threads} thread(s), {args.clock} clock")
    first = next(iter(runs))
    seconds = {
        form: statistics.median(s for run in all_runs for s in run["seconds"]) for form, all_runs in runs.items()
    }
    memory = {form: max(run["memory"] for run in all_runs) for form, all_runs in runs.items()}
    for form, all_runs in runs.items():
        print(
            f"{form:12} {seconds[form]:7.2f} s  {args.batch / seconds[form]:6.2f} images/s  "
            f"{seconds[first] / seconds[form]:5.2f}× (goal {GOALS.get(form, '–')}×)  {memory[form]:6.0f} MiB  "
            f"1/{memory[first] / memory[form]:.1f}  "
            f"furthest loss: {furthest_loss(all_runs[0]['losses'], runs[first][0]['losses'])}"
        )


if __name__ == "__main__":
    main()
