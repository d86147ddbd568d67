"""Where the time of one detail step goes, part by part, forward and backward.

Command: ``python benchmarks/profile_step.py [--form lean] [--batch 4] [--threads 2] [--device cpu] [--ops] [--flops]``

Contract: the step of ``detail_step.py`` under ``torch.profiler`` after one to warm up. An operator belongs to the
innermost part in which it was called; an operator of the backward pass, to the part of the forward operator that made
its node of the graph. Counted is self time, of the CPU or, on a GPU, of the kernels; there the line ``idle`` is the
share of the step in which no kernel ran. With ``--flops`` the arithmetic of the step is counted, too.
"""

from __future__ import annotations

import argparse
import time
from collections import defaultdict

import torch
from detail_step import build_step
from torch import nn
from torch.autograd.profiler_util import FunctionEvent
from torch.profiler import ProfilerActivity, profile, record_function

from aucgan.engine.catalogue.flop_count import FlopCount

PREFIX = "part: "
BACKWARD = "autograd::engine::evaluate_function"


def label(model: nn.Module) -> None:
    """Make every part of a model announce itself to the profiler."""
    names = dict(
        encoder="coarse encoder",
        flame="face model and render",
        flametex="face model and render",
        renderer="face model and render",
        detail_encoder="detail encoder",
        generator="generator",
        au_net=lambda m: f"AU network on the {'composite' if torch.is_grad_enabled() else 'photo'}",
        discriminator=lambda m: f"discriminator, {'its own' if learns(m) else 'the generator’s'} step",
        losses="other losses",
    )
    for name, text in names.items():
        _announce(getattr(model, name), text)
    for name in ("unwrap", "sample_uv", "displaced_normals", "shade"):
        _announce_call(model.renderer, name, names["renderer"])
    for name, loss in model.losses.terms.items():
        _announce(loss, "MRF term" if name == "mrf" else "other losses")
        if hasattr(loss, "vgg"):
            _announce(loss.vgg, lambda m: f"VGG19 on the {'prediction' if torch.is_grad_enabled() else 'target'}")


def learns(module: nn.Module) -> bool:
    """Whether a module is being trained at the moment."""
    return next(module.parameters()).requires_grad


def _announce(module: nn.Module, text) -> None:
    _announce_call(module, "forward", text)


def _announce_call(owner: nn.Module, name: str, text) -> None:
    function = getattr(owner, name)

    def call(*args, **kwargs):
        with record_function(PREFIX + (text if isinstance(text, str) else text(owner))):
            return function(*args, **kwargs)

    setattr(owner, name, call)


def parts_of(events: list[FunctionEvent]) -> dict[int, str]:
    """The part of every event, by the event's id."""
    part: dict[int, str] = {}
    nodes: dict[int, str] = {}  # sequence number of an autograd node → part of the call that made it
    for event in sorted(events, key=lambda e: (e.time_range.start, -e.time_range.end)):
        found = part.get(id(event.cpu_parent), "")
        if event.name.startswith(PREFIX):
            found = event.name.removeprefix(PREFIX)
        elif event.name.startswith("Optimizer."):
            found = "optimizers"
        elif event.name.startswith(BACKWARD):
            found = nodes.get(event.sequence_nr, found)
        elif event.sequence_nr >= 0 and not found.startswith("optim"):
            nodes.setdefault(event.sequence_nr, found)
        part[id(event)] = found
    return part


def milliseconds(events: list[FunctionEvent], device: str) -> dict[str, list[float]]:
    """Self time of every part, forward and backward, in milliseconds."""
    part, inside = parts_of(events), {}
    totals: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0])
    for event in sorted(events, key=lambda e: (e.time_range.start, -e.time_range.end)):
        backward = event.name.startswith(BACKWARD) or inside.get(id(event.cpu_parent), False)
        inside[id(event)] = backward
        spent = event.self_cpu_time_total if device == "cpu" else event.self_device_time_total
        totals[part[id(event)] or "everything else"][backward] += spent / 1000
    return totals


def main() -> None:
    """Parse the command line and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--form", default="lean", help="a form of detail_step.py")
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--steps", type=int, default=2)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--ops", action="store_true", help="list the operators, too")
    parser.add_argument("--flops", action="store_true", help="count the arithmetic")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    step = build_step(args.form, args.batch, args.device, observe=label)
    step()
    activities = [ProfilerActivity.CPU] + [ProfilerActivity.CUDA] * (args.device != "cpu")
    start = time.perf_counter()
    with profile(activities=activities) as recorded:
        for _ in range(args.steps):
            step()
        if args.device != "cpu":
            torch.cuda.synchronize()
    wall = 1000 * (time.perf_counter() - start) / args.steps
    print_table(milliseconds(recorded.events(), args.device), wall, args)
    if args.ops:
        order = "self_cpu_time_total" if args.device == "cpu" else "self_device_time_total"
        print(recorded.key_averages().table(sort_by=order, row_limit=30, max_name_column_width=50))
    if args.flops:
        with FlopCount() as counter:
            step()
        print(f"{counter.total / 1e9:.0f} GFLOP a step, {counter.total / wall / 1e6:.0f} GFLOP/s")


def print_table(totals: dict[str, list[float]], wall: float, args: argparse.Namespace) -> None:
    """One line a part, the largest first."""
    print(f"{args.form}, batch {args.batch}, {args.device}, {args.threads} thread(s): {wall:.0f} ms a step")
    print("| part | forward ms | backward ms | share |\n|---|---|---|---|")
    for part, (forward, backward) in sorted(totals.items(), key=lambda item: -sum(item[1])):
        spent = [t / args.steps for t in (forward, backward)]
        print(f"| {part} | {spent[0]:.0f} | {spent[1]:.0f} | {100 * sum(spent) / wall:.1f} % |")
    if args.device != "cpu":
        busy = sum(sum(pair) for pair in totals.values()) / args.steps
        print(f"| idle | | | {100 * (1 - busy / wall):.1f} % |")


if __name__ == "__main__":
    main()
