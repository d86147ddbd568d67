"""What ``aucgan prepare-faces`` does."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from aucgan.apis.preparation.check import check_prepared
from aucgan.apis.preparation.photo_list import Part
from aucgan.apis.preparation.run import prepare_faces
from aucgan.apis.preparation.settings import PrepareSettings
from aucgan.apis.preparation.tables import REJECTED
from aucgan.process.errors import UserError
from aucgan.process.stopping import interruptible

SHOWN = 20
"""So many problems are printed."""


def prepare(args: argparse.Namespace) -> None:
    """Prepare, or check what is prepared; ``args`` as of ``aucgan prepare-faces``.

    Raises:
        UserError: Something is wrong that the user can mend.
    """
    try:
        if args.check is not None:
            check(args.check, args.program)
            return
        settings = PrepareSettings(
            **{name: getattr(args, name) for name in vars(PrepareSettings()) if name not in ("shares", "aus")},
            shares=tuple(args.shares),
            aus=None if args.aus is None else str(args.aus),
        )
        summary = prepare_faces(args.photos, args.out, settings, Part.of(args.part))
    except ValueError as error:
        raise UserError(str(error)) from error
    print(f"{args.program}: {summary}", file=sys.stderr)
    if summary.missing:
        print(f"{args.program}: not complete: part {', '.join(summary.missing)} is missing", file=sys.stderr)
    elif not summary.samples:
        raise UserError(f"no face of {args.photos} can be trained on: {args.out / REJECTED} says why")


def check(out: Path, program: str) -> None:
    """Check a prepared data set.

    Raises:
        UserError: Something is wrong with it.
    """
    with interruptible(f"the check of {out}"):
        found = check_prepared(out)
    print(f"{out}: {found}")
    if found.sheet is not None:
        print(f"{found.sheet} shows some of them")
    for problem in found.problems[:SHOWN]:
        print(f"{program}: {problem}", file=sys.stderr)
    if found.problems:
        raise UserError(f"{out} has {len(found.problems)} problems: prepare it again where it is not whole")
