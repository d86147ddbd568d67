"""Train what a config describes, and first whatever it needs.

Examples:
    CALL configs/aucgan_detail_v2.py
    CALL configs/aucgan_detail_v2.py --resume
    CALL configs/aucgan_detail_v2.py --max-iters 150 --seed 1
    CALL configs/aucgan_detail_v2.py --smoke   # the whole chain, tiny, within two minutes
"""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting

DEFAULT_SMOKE_FOLDER = Path("work_dirs/smoke")
KEPT = "what was checkpointed is kept, --resume continues from it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    parser.add_argument("config", type=Path, help="config file")
    parser.add_argument("--work-dir", type=Path, help="where to write; default work_dirs/<config>")
    parser.add_argument("--resume", action="store_true", help="continue from the latest whole checkpoint")
    parser.add_argument("--amp", action="store_true", help="mixed precision: bfloat16, or float16 where it is missing")
    parser.add_argument("--launcher", choices=("none", "pytorch", "slurm"), default="none", help="distributed training")
    parser.add_argument(
        "--max-iters", type=int, metavar="N", help="iterations of this training; its schedule is fitted to them"
    )
    parser.add_argument("--seed", type=int, help="seed of this training")
    parser.add_argument(
        "--cfg-options",
        nargs="+",
        default=[],
        metavar="KEY=VALUE",
        help="change settings of this config (not of its prerequisites): model.losses.au.weight=0.2",
    )
    parser.add_argument(
        "--missing-prerequisites",
        choices=("train", "error"),
        default="train",
        help="train what the config needs first (default), or stop with an error",
    )
    parser.add_argument(
        "--jobs",
        type=positive,
        metavar="N",
        help="train up to N missing prerequisites side by side, each with its share of the processors; default: one "
        "after the other on a machine with a GPU, else as many as there are processors",
    )
    parser.add_argument("--skip-test", action="store_true", help="do not run the test split after training")
    parser.add_argument(
        "--smoke",
        nargs="?",
        type=Path,
        const=DEFAULT_SMOKE_FOLDER,
        metavar="FOLDER",
        help="try everything: a few iterations on a few samples, for this config and all it needs; data, weights and "
        f"results stay in FOLDER (default {DEFAULT_SMOKE_FOLDER})",
    )
    add_device_option(parser, configured=True)
    parser.add_argument("--traceback", action="store_true", help="show where an error comes from")
    parser.add_argument("--local_rank", "--local-rank", type=int, default=0, help=argparse.SUPPRESS)


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.engine.command_line import run_tool
        from aucgan.engine.plan.strangers import train_and_meet_strangers
        from aucgan.engine.plan.train_request import TrainRequest
    os.environ.setdefault("LOCAL_RANK", str(args.local_rank))
    request = TrainRequest(
        config=args.config,
        work_dir=args.work_dir,
        resume=args.resume,
        amp=args.amp,
        launcher=args.launcher,
        cfg_options=tuple(args.cfg_options),
        max_iters=args.max_iters,
        seed=args.seed,
        train_missing=args.missing_prerequisites == "train",
        skip_test=args.skip_test,
        smoke=args.smoke,
        jobs=args.jobs,
        device=args.device,
    )
    doing = f"train {args.config}"
    return run_tool(args.program, lambda: train_and_meet_strangers(request), args.traceback, doing, KEPT)


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"{number} is less than 1")
    return number
