"""Say which of several configs is better: train each with several seeds, measure all alike, and test the differences.

The first config is the reference; --leave-out compares it with itself without one loss or another. Calling it again
reuses the runs that are there and continues those that were interrupted. docs/comparing.md explains the report.

Examples:
    CALL configs/aucgan_detail_v2.py configs/deca_detail.py --seeds 3 --max-iters 150
    CALL configs/aucgan_detail_v2.py configs/variants/*.py --jobs 2
    CALL configs/aucgan_detail_v2.py --leave-out all --max-iters 150
    CALL configs/aucgan_detail_v2.py configs/deca_detail.py --seeds 2 --smoke   # tiny
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting

DEFAULT_SMOKE_FOLDER = Path("work_dirs/smoke")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("configs", nargs="+", type=Path, help="config files, the reference first")
    parser.add_argument(
        "--leave-out",
        nargs="+",
        default=[],
        metavar="LOSS",
        help="also train the first config without each of these losses (all: without each that it has)",
    )
    parser.add_argument("--seeds", type=int, default=3, metavar="N", help="trainings a config, seeds 0 to N - 1")
    parser.add_argument("--max-iters", type=int, metavar="N", help="iterations of each; default: as in the configs")
    parser.add_argument(
        "--jobs", type=int, default=1, metavar="J", help="trainings side by side, sharing the processors"
    )
    parser.add_argument(
        "--work-dir",
        type=Path,
        help="where the runs are kept; default work_dirs/compare (in the smoke folder with --smoke)",
    )
    parser.add_argument("--out", type=Path, help="folder of the report; default WORK_DIR/report")
    parser.add_argument("--metrics", nargs="+", metavar="NAME", help="test these metrics; default: the main ones")
    parser.add_argument("--report-only", action="store_true", help="train nothing: report what is there")
    parser.add_argument(
        "--smoke", nargs="?", type=Path, const=DEFAULT_SMOKE_FOLDER, metavar="FOLDER", help="try it on tiny trainings"
    )
    add_device_option(parser, configured=True)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    if args.seeds < 1 or args.jobs < 1:
        args.error("--seeds and --jobs must be at least 1")
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.experiments import Budget, CompareRequest, compare
    request = CompareRequest(
        configs=tuple(args.configs),
        budget=Budget(tuple(range(args.seeds)), args.max_iters, args.smoke, args.device),
        work_dir=args.work_dir or (args.smoke or Path("work_dirs")) / "compare",
        out=args.out,
        jobs=args.jobs,
        metrics=tuple(args.metrics) if args.metrics else None,
        leave_out=tuple(args.leave_out),
        report_only=args.report_only,
    )
    kept = "what is finished is kept, the same command continues"
    return run_tool(args.program, lambda: compare(request), args.traceback, "the comparison", kept)
