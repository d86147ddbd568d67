"""The pictures of a report: bars, loss curves, faces."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from zipfile import BadZipFile

from aucgan.experiments.costs import faces_path
from aucgan.experiments.faces import face_grids
from aucgan.experiments.outcomes import read_curves
from aucgan.experiments.plots import plot_bars, plot_curves, save
from aucgan.experiments.runs import Run
from aucgan.experiments.variants import Variant
from aucgan.experiments.verdicts import Row
from aucgan.files.atomic import atomic_path

BARS_NAME, CURVES_NAME = "metrics.png", "losses.png"
BROKEN = (OSError, ValueError, TypeError, LookupError, RuntimeError, EOFError, BadZipFile)
"""What drawing from damaged files ends with."""


def draw_pictures(
    variants: Sequence[Variant],
    runs: Sequence[Run],
    rows: Sequence[Row],
    work_dir: Path,
    out: Path,
    say: Callable[[str], None],
) -> list[str]:
    """Write the pictures of a report; one that cannot be drawn is told and left out.

    Args:
        variants: The variants, the reference first.
        runs: All runs.
        rows: The verdicts.
        work_dir: Folder of the comparison.
        out: Folder of the report.
        say: Tells the user.

    Returns:
        Names of the files, in the order in which the report shows them.
    """
    drawn: list[str] = []
    for title, names in (
        ("the bars", _bars(rows, out)),
        ("the loss curves", _curves(variants, runs, out)),
        ("the faces", _faces(variants, work_dir, out)),
    ):
        try:
            drawn.extend(names)
        except BROKEN as error:
            say(f"{title} could not be drawn: {type(error).__name__}: {error}")
    return drawn


def _bars(rows: Sequence[Row], out: Path) -> Iterator[str]:
    if any(row.values for row in rows):
        save(plot_bars(rows), out / BARS_NAME)
        yield BARS_NAME


def _curves(variants: Sequence[Variant], runs: Sequence[Run], out: Path) -> Iterator[str]:
    curves = plot_curves({v.name: [read_curves(r.folder) for r in runs if r.variant == v.name] for v in variants})
    if curves is not None:
        save(curves, out / CURVES_NAME)
        yield CURVES_NAME


def _faces(variants: Sequence[Variant], work_dir: Path, out: Path) -> Iterator[str]:
    grids = face_grids({v.name: faces_path(v.name, variants[0].name, work_dir) for v in variants})
    for number, (kind, grid) in enumerate(grids.items()):
        name = f"faces_{kind.replace(' ', '_')}.png" if number else "faces.png"
        with atomic_path(out / name) as temporary:
            grid.save(temporary)
        yield name
