"""Run the frozen networks of a detail config over its photos once, and store what they say beside the photos.

Trainings whose pipeline shows the photos without chance then use it instead of running the networks in every step.

Examples:
    python tools/precompute.py configs/aucgan_detail_v2_224.py
    python tools/precompute.py configs/aucgan_detail_v2_224.py --half   # 28 KiB a photo instead of 55
"""

import argparse
import sys
from pathlib import Path

from aucgan.process.stopping import starting

with starting("precompute.py"):
    from aucgan.engine.command_line import add_device_option, run_tool
    from aucgan.engine.features.precompute import PrecomputeRequest, precompute


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("config", type=Path, help="config file of a detail training")
    parser.add_argument("--half", action="store_true", help="store the AU features in float16")
    parser.add_argument("--batch-size", type=int, default=32, help="photos that go through the networks at once")
    parser.add_argument("--num-workers", type=int, default=1, help="processes that read photos")
    add_device_option(parser)
    parser.add_argument("--cfg-options", nargs="+", default=[], metavar="KEY=VALUE", help="change settings")
    parser.add_argument("--smoke", nargs="?", type=Path, const=Path("work_dirs/smoke"), metavar="FOLDER")
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser.parse_args(arguments)


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
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
    return run_tool("precompute.py", lambda: precompute(request), args.traceback, doing, kept)


if __name__ == "__main__":
    sys.exit(main())
