"""Measure a checkpoint on the test split: a table on the terminal, and JSON.

Example:
    python tools/test.py configs/aucgan_detail_v2.py work_dirs/aucgan_detail_v2/final.pth
"""

import argparse
import os
import sys
from pathlib import Path

from aucgan.process.stopping import starting

with starting("test.py"):
    from aucgan.engine.command_line import add_device_option, run_tool
    from aucgan.engine.plan.testing import TestRequest, test


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path, help="config file")
    parser.add_argument("checkpoint", type=Path, help="final.pth, best.pth or iter_N.pth of a training")
    parser.add_argument("--out", type=Path, help="JSON file; default test/metrics.json beside the checkpoint")
    parser.add_argument("--launcher", choices=("none", "pytorch", "slurm"), default="none", help="distributed test")
    parser.add_argument("--cfg-options", nargs="+", default=[], metavar="KEY=VALUE", help="change settings")
    parser.add_argument("--smoke", nargs="?", type=Path, const=Path("work_dirs/smoke"), metavar="FOLDER")
    add_device_option(parser, configured=True)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    parser.add_argument("--local_rank", "--local-rank", type=int, default=0, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    os.environ.setdefault("LOCAL_RANK", str(args.local_rank))
    request = TestRequest(
        config=args.config,
        checkpoint=args.checkpoint,
        out=args.out,
        launcher=args.launcher,
        cfg_options=tuple(args.cfg_options),
        smoke=args.smoke,
        device=args.device,
    )
    doing, kept = f"the test of {args.checkpoint}", "nothing is written: call it again"
    return run_tool("test.py", lambda: test(request), args.traceback, doing, kept)


if __name__ == "__main__":
    sys.exit(main())
