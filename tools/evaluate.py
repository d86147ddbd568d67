"""Score meshes and renders of any method.

Examples:
    python tools/evaluate.py truth data/procedural_112 outputs/truth --limit 20
    python tools/evaluate.py now outputs/ours outputs/truth/meshes --suffix _dense
    python tools/evaluate.py aus outputs/ours data/procedural_112/samples.csv --split test --suffix _detail
"""

import argparse
import sys
from functools import partial
from pathlib import Path

from aucgan.process.stopping import starting

with starting("evaluate.py"):
    from aucgan.apis.scoring.au_fidelity import ScoringOptions
    from aucgan.apis.scoring.au_inputs import KINDS, InputOptions
    from aucgan.apis.scoring.au_report import fidelity_rows
    from aucgan.apis.scoring.aus import AusRequest, evaluate_aus
    from aucgan.apis.scoring.now import UNITS_IN_MM, NowOptions, evaluate_now
    from aucgan.apis.scoring.now_report import write_now_report
    from aucgan.apis.scoring.true_meshes import write_true_meshes
    from aucgan.engine.command_line import add_device_option, run_tool
    from aucgan.engine.errors import UserError
    from aucgan.evaluation.scans.now_protocol import FACE_RADIUS
    from aucgan.evaluation.statistics.table import metric_rows, text_table

JUDGE = "aujudge_procedural"
say = partial(print, flush=True)


def parse_args(arguments: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)
    now = commands.add_parser("now", help="scan-to-mesh distance after alignment by seven landmarks")
    now.add_argument("predictions", type=Path, help="folder of meshes with seven landmarks beside each")
    now.add_argument("scans", type=Path, help="folder of scans with seven landmarks beside each")
    now.add_argument("--pairs", type=Path, help="CSV with the columns prediction and scan, instead of equal names")
    now.add_argument("--landmarks-only", action="store_true", help="no fine alignment on the distance itself")
    now.add_argument("--radius", type=float, default=FACE_RADIUS, help="size of the face region")
    now.add_argument("--unit", choices=("auto", *UNITS_IN_MM), default="auto", help="unit of the scans")
    now.add_argument("--also", type=Path, nargs="+", default=[], help="now.json of other methods for table and plot")
    aus = commands.add_parser("aus", help="do renders or meshes show the action units of their labels?")
    aus.add_argument("faces", type=Path, help="folder of renders, or of meshes with seven landmarks beside each")
    aus.add_argument("labels", type=Path, help="CSV or JSON of AU intensities by the faces' names")
    aus.add_argument("--split", help="only labels of this split")
    aus.add_argument("--kind", choices=("auto", *KINDS), default="auto", help="what to look for; default meshes first")
    aus.add_argument("--bare", action="store_true", help="draw meshes without their colours")
    aus.add_argument("--config", type=Path, default=Path(f"configs/{JUDGE}.py"), help="config of the AU network")
    aus.add_argument("--checkpoint", type=Path, default=Path(f"work_dirs/{JUDGE}/final.pth"), help="its weights")
    aus.add_argument("--image-size", type=int, default=112, help="pixels that the network is shown")
    aus.add_argument("--crop", type=float, default=1.0, help="share of a render's side to keep, round the centre")
    aus.add_argument("--units", type=int, nargs="+", help="FACS numbers that the macro scores average over")
    aus.add_argument("--present-above", type=float, default=0.0, help="intensity above which a unit is present")
    aus.add_argument("--seed", type=int, default=0, help="of the bootstrap")
    add_device_option(aus)
    for command, out in ((now, "outputs/now"), (aus, "outputs/aus")):
        command.add_argument("--out", type=Path, default=Path(out), help="folder for tables, JSON and plot")
        command.add_argument("--method", help="name in table and plot; default that of folder and suffix")
        command.add_argument("--suffix", default="", help="what follows a face's name in its file's, as in _dense")
        command.add_argument("--skip-missing", action="store_true", help="measure what is there")
    truth = commands.add_parser("truth", help="write photos and true meshes of generated faces, to try the others on")
    truth.add_argument("data", type=Path, help="folder of generated faces")
    truth.add_argument("out", type=Path, help="folder for photos/ and meshes/")
    truth.add_argument("--split", default="test")
    truth.add_argument("--limit", type=int, help="the first so many faces")
    for command in (now, aus, truth):
        command.add_argument("--traceback", action="store_true", help="show where an error comes from")
    return parser.parse_args(arguments)


def now(args: argparse.Namespace) -> None:
    """Measure meshes against scans."""
    refine = not args.landmarks_only
    options = NowOptions(args.suffix, args.pairs, refine, args.radius, args.unit, args.skip_missing)
    result = evaluate_now(args.predictions, args.scans, options, tell=say)
    content = write_now_report(args.out, args.method or args.predictions.name + args.suffix, result, args.also)
    print(text_table(metric_rows(content["metrics"])), content["caveat"], sep="\n\n")
    print(f"{args.out}: now.json, now.md, now.csv, now_curve.png")


def aus(args: argparse.Namespace) -> None:
    """Score action units."""
    inputs = InputOptions(args.kind, args.suffix, args.bare, args.image_size, args.crop, args.skip_missing)
    units = tuple(args.units) if args.units else None
    scoring = ScoringOptions(units=units, present_above=args.present_above, seed=args.seed)
    method = args.method or args.faces.name + args.suffix
    places = (args.faces, args.labels, args.config, args.checkpoint, args.out)
    result = evaluate_aus(AusRequest(*places, method, args.split, args.device, inputs, scoring), tell=say)
    print(text_table(fidelity_rows(result), digits=3))
    print(f"{args.out}: aus.json, aus.md, aus.csv, aus.png, aus_pictures.png")


def truth(args: argparse.Namespace) -> None:
    """Write true meshes."""
    names = write_true_meshes(args.data, args.out, args.split, args.limit, tell=say)
    print(f"{len(names)} faces in {args.out}/photos and {args.out}/meshes")


def run(args: argparse.Namespace) -> None:
    """Run the chosen command; what the files object to becomes one line."""
    try:
        {"now": now, "aus": aus, "truth": truth}[args.command](args)
    except ValueError as error:
        raise UserError(str(error)) from error


def main(arguments: list[str] | None = None) -> int:
    """Run the tool; return its exit code."""
    args = parse_args(arguments)
    doing = {"now": "the NoW protocol", "aus": "the scoring of action units", "truth": "the writing of true meshes"}
    kept = "the faces before it are written" if args.command == "truth" else "nothing is written"
    return run_tool(
        "evaluate.py", lambda: run(args), args.traceback, doing[args.command], f"{kept}: the same call starts anew"
    )


if __name__ == "__main__":
    sys.exit(main())
