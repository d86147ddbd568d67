"""What ``aucgan evaluate`` does: score meshes and renders, and tell the scores."""

from __future__ import annotations

import argparse
from functools import partial

from aucgan.apis.scoring.au_fidelity import ScoringOptions
from aucgan.apis.scoring.au_inputs import InputOptions
from aucgan.apis.scoring.au_report import fidelity_rows
from aucgan.apis.scoring.aus import AusRequest, evaluate_aus
from aucgan.apis.scoring.now import NowOptions, evaluate_now
from aucgan.apis.scoring.now_report import write_now_report
from aucgan.apis.scoring.true_meshes import write_true_meshes
from aucgan.engine.errors import UserError
from aucgan.evaluation.scans.now_protocol import FACE_RADIUS
from aucgan.evaluation.statistics.table import metric_rows, text_table

say = partial(print, flush=True)


def now(args: argparse.Namespace) -> None:
    """Measure meshes against scans."""
    refine = not args.landmarks_only
    options = NowOptions(
        args.suffix,
        args.pairs,
        refine,
        FACE_RADIUS if args.radius is None else args.radius,
        args.unit,
        args.skip_missing,
    )
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


def score(args: argparse.Namespace) -> None:
    """Run the chosen command; what the files object to becomes one line."""
    try:
        {"now": now, "aus": aus, "truth": truth}[args.command](args)
    except ValueError as error:
        raise UserError(str(error)) from error
