"""Measure a checkpoint on the test split, or on another one: a table on the terminal, and JSON.

Example:
    CALL configs/aucgan_detail_v2.py work_dirs/aucgan_detail_v2/final.pth
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("config", type=Path, help="config file")
    parser.add_argument("checkpoint", type=Path, help="final.pth, best.pth or iter_N.pth of a training")
    parser.add_argument("--split", help="another split of the test data set, such as strangers")
    parser.add_argument(
        "--out", type=Path, help="JSON file; default test/metrics.json (or SPLIT/) beside the checkpoint"
    )
    parser.add_argument("--launcher", choices=("none", "pytorch", "slurm"), default="none", help="distributed test")
    parser.add_argument("--cfg-options", nargs="+", default=[], metavar="KEY=VALUE", help="change settings")
    parser.add_argument("--smoke", nargs="?", type=Path, const=Path("work_dirs/smoke"), metavar="FOLDER")
    add_device_option(parser, configured=True)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    parser.add_argument("--local_rank", "--local-rank", type=int, default=0, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.engine.plan.testing import TestRequest, test
    os.environ.setdefault("LOCAL_RANK", str(args.local_rank))
    request = TestRequest(
        config=args.config,
        checkpoint=args.checkpoint,
        out=args.out,
        launcher=args.launcher,
        cfg_options=tuple(args.cfg_options),
        smoke=args.smoke,
        device=args.device,
        split=args.split,
    )
    doing, kept = f"the test of {args.checkpoint}", "nothing is written: call it again"
    return run_tool(args.program, lambda: test(request), args.traceback, doing, kept)
