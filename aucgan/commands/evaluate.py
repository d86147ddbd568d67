"""Score meshes and renders of any method.

Examples:
    CALL truth data/procedural_112 outputs/truth --limit 20
    CALL now outputs/ours outputs/truth/meshes --suffix _dense
    CALL aus outputs/ours data/procedural_112/samples.csv --split test --suffix _detail
"""

from __future__ import annotations

import argparse
from pathlib import Path

from aucgan.commands.device_option import add_device_option
from aucgan.process.stopping import starting

JUDGE = "aujudge_procedural"
UNITS = ("mm", "cm", "m")
KINDS = ("meshes", "renders")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add what the command takes."""
    commands = parser.add_subparsers(dest="command", required=True)
    now = commands.add_parser("now", help="scan-to-mesh distance after alignment by seven landmarks")
    now.add_argument("predictions", type=Path, help="folder of meshes with seven landmarks beside each")
    now.add_argument("scans", type=Path, help="folder of scans with seven landmarks beside each")
    now.add_argument("--pairs", type=Path, help="CSV with the columns prediction and scan, instead of equal names")
    now.add_argument("--landmarks-only", action="store_true", help="no fine alignment on the distance itself")
    now.add_argument("--radius", type=float, help="size of the face region")
    now.add_argument("--unit", choices=("auto", *UNITS), default="auto", help="unit of the scans")
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


def run(args: argparse.Namespace) -> int:
    """Run the command; return its exit code."""
    with starting(args.program):
        from aucgan.apis.scoring.programs import score
        from aucgan.engine.command_line import run_tool
    doing = {"now": "the NoW protocol", "aus": "the scoring of action units", "truth": "the writing of true meshes"}
    kept = "the faces before it are written" if args.command == "truth" else "nothing is written"
    return run_tool(
        args.program, lambda: score(args), args.traceback, doing[args.command], f"{kept}: the same call starts anew"
    )
