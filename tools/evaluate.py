"""Score the meshes of any method: by the NoW protocol.

Examples:
    python tools/evaluate.py truth data/procedural_112 outputs/truth --limit 20
    python tools/evaluate.py now outputs/meshes outputs/truth/meshes --suffix _dense
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from aucgan.apis.scoring.now import UNITS_IN_MM, NowOptions, evaluate_now
from aucgan.apis.scoring.now_report import write_now_report
from aucgan.apis.scoring.true_meshes import write_true_meshes
from aucgan.engine.command_line import run_tool
from aucgan.engine.errors import UserError
from aucgan.evaluation.now_protocol import FACE_RADIUS
from aucgan.evaluation.table import metric_rows, text_table

say = partial(print, flush=True)


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    _add_now(commands)
    _add_truth(commands)
    return parser.parse_args(arguments)


def _add_now(commands) -> None:
    now = commands.add_parser("now", help="scan-to-mesh distance after alignment by seven landmarks")
    now.add_argument("predictions", type=Path, help="folder of meshes with seven landmarks beside each")
    now.add_argument("scans", type=Path, help="folder of scans with seven landmarks beside each")
    now.add_argument("--out", type=Path, default=Path("outputs/now"), help="folder for table, JSON and curve")
    now.add_argument("--method", help="name in table and plot; default the folder's")
    now.add_argument("--suffix", default="", help="what follows a scan's name in its mesh's name, as in _dense")
    now.add_argument("--pairs", type=Path, help="CSV with the columns prediction and scan, instead of equal names")
    now.add_argument("--landmarks-only", action="store_true", help="no fine alignment on the distance itself")
    now.add_argument("--radius", type=float, default=FACE_RADIUS, help="size of the face region")
    now.add_argument("--unit", choices=("auto", *UNITS_IN_MM), default="auto", help="unit of the scans")
    now.add_argument("--also", type=Path, nargs="+", default=[], help="now.json of other methods for table and plot")
    _add_common(now)


def _add_truth(commands) -> None:
    truth = commands.add_parser("truth", help="write photos and true meshes of generated faces, to try the others on")
    truth.add_argument("data", type=Path, help="folder of generated faces")
    truth.add_argument("out", type=Path, help="folder for photos/ and meshes/")
    truth.add_argument("--split", default="test")
    truth.add_argument("--limit", type=int, help="the first so many faces")
    truth.add_argument("--traceback", action="store_true", help="show where an error comes from")


def _add_common(command) -> None:
    command.add_argument("--skip-missing", action="store_true", help="measure what is there")
    command.add_argument("--traceback", action="store_true", help="show where an error comes from")


def now(args: argparse.Namespace) -> None:
    """Measure meshes against scans."""
    options = NowOptions(
        suffix=args.suffix,
        pairs=args.pairs,
        refine=not args.landmarks_only,
        radius=args.radius,
        unit=args.unit,
        skip_missing=args.skip_missing,
    )
    result = evaluate_now(args.predictions, args.scans, options, tell=say)
    content = write_now_report(args.out, args.method or args.predictions.name, result, args.also)
    print(text_table(metric_rows(content["metrics"])))
    print(content["caveat"])
    print(f"{args.out}/now.json, now.md, now.csv, now_curve.png")


def truth(args: argparse.Namespace) -> None:
    """Write true meshes."""
    names = write_true_meshes(args.data, args.out, args.split, args.limit, tell=say)
    print(f"{len(names)} faces in {args.out}/photos and {args.out}/meshes")


def run(args: argparse.Namespace) -> None:
    """Run the chosen command; what the files object to becomes one line."""
    try:
        {"now": now, "truth": truth}[args.command](args)
    except ValueError as error:
        raise UserError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    return run_tool("evaluate.py", lambda: run(args), args.traceback)


if __name__ == "__main__":
    sys.exit(main())
