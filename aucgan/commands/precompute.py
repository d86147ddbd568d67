"""Run the frozen networks of a detail config over its photos once, and store what they say beside the photos.

Trainings whose pipeline shows the photos without chance then use it instead of running the networks in every step.

Examples:
    CALL configs/aucgan_detail_v2_224.py
    CALL configs/aucgan_detail_v2_224.py --half   # 28 KiB a photo instead of 55
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("config", type=Path, help="config file of a detail training")
    parser.add_argument("--half", action="store_true", help="store the AU features in float16")
    parser.add_argument("--batch-size", type=int, default=32, help="photos that go through the networks at once")
    parser.add_argument("--num-workers", type=int, default=1, help="processes that read photos")
    add_device_option(parser)
    parser.add_argument("--cfg-options", nargs="+", default=[], metavar="KEY=VALUE", help="change settings")
    parser.add_argument("--smoke", nargs="?", type=Path, const=Path("work_dirs/smoke"), metavar="FOLDER")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.engine.features.precompute import PrecomputeRequest, precompute
    request = PrecomputeRequest(
        config=args.config,
        cfg_options=tuple(args.cfg_options),
        smoke=args.smoke,
        half=args.half,
        batch_size=args.batch_size,
        num_workers=args.num_workers,
        device=args.device,
    )
    kept = "the features that were computed are kept, the same call continues"
    doing = f"the computation of features for {args.config}"
    return run_tool(args.program, lambda: precompute(request), args.traceback, doing, kept)
