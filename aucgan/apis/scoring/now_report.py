"""What an evaluation by the NoW protocol leaves: JSON, tables and the cumulative curve."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from aucgan.apis.scoring.now import NowResult
from aucgan.engine.plan.results import write_results
from aucgan.evaluation.statistics.table import csv_table, markdown_table
from aucgan.files.atomic import atomic_path, write_text
from aucgan.files.kept_files import load_json

CURVE_MM = np.linspace(0.0, 7.0, 141)
"""Distances at which the cumulative curve is kept; NoW draws it up to 7 mm."""
CAVEAT = (
    "Neutral scans measure the identity's shape alone; they cannot show what action units add. Numbers compare methods "
    "that were measured with the same files and options; they are not those of the challenge's server."
)


def cumulative_curve(distances: np.ndarray) -> np.ndarray:
    """Share of the distances that are at most :data:`CURVE_MM`."""
    return np.searchsorted(np.sort(distances), CURVE_MM, side="right") / len(distances)


def write_now_report(folder: Path, name: str, result: NowResult, also: Sequence[Path] = ()) -> dict:
    """Write ``now.json``, ``now.md``, ``now.csv`` and ``now_curve.png``.

    Args:
        folder: Where to write; made when it does not exist.
        name: Of the method.
        result: What was measured.
        also: ``now.json`` files of other methods, to be drawn and listed beside this one.

    Returns:
        The contents of ``now.json``.

    Raises:
        ValueError: A file of ``also`` is not a ``now.json``, or two methods have one name.
    """
    others = [_read(path) for path in also]
    names = [name, *(other["method"] for other in others)]
    if len(set(names)) < len(names):
        raise ValueError(f"methods need different names in one table, got {', '.join(names)}: use --method")
    folder.mkdir(parents=True, exist_ok=True)
    curve = cumulative_curve(result.distances)
    content = write_results(
        folder / "now.json",
        {**result.summary(), "scans": len(result.scores), "points": len(result.distances)},
        method=name,
        protocol=result.protocol(),
        scans=[asdict(score) for score in result.scores],
        missing=result.missing,
        curve=dict(mm=CURVE_MM.round(4).tolist(), share=curve.round(6).tolist()),
        caveat=CAVEAT,
    )
    methods = [content, *others]
    rows = [dict(method=m["method"], **m["metrics"]) for m in methods]
    write_text(folder / "now.md", _markdown(rows, result))
    write_text(folder / "now.csv", csv_table([asdict(score) for score in result.scores]))
    with atomic_path(folder / "now_curve.png") as path:
        draw_curves(
            {m["method"]: (m["curve"]["mm"], m["curve"]["share"], m["metrics"]["median_mm"]) for m in methods}, path
        )
    return content


def _markdown(rows: list[dict], result: NowResult) -> str:
    options = result.options
    how = "landmarks, then the scan-to-mesh distance" if options.refine else "landmarks alone"
    lines = [
        markdown_table(rows),
        f"Alignment by {how}; face region {options.radius:g} times the face's size.",
        CAVEAT,
        markdown_table([asdict(score) for score in result.scores]),
    ]
    lines += [f"Skipped, because missing: {'; '.join(result.missing)}"] if result.missing else []
    return "\n\n".join(lines) + "\n"


def draw_curves(methods: dict[str, tuple[Sequence[float], Sequence[float], float]], path: Path) -> None:
    """Draw the cumulative curves of methods: distances, shares and median by the name; the first is drawn boldly."""
    figure = Figure(figsize=(6.4, 4.4), layout="constrained")
    axes = figure.add_subplot()
    for number, (name, (mm, share, median)) in enumerate(methods.items()):
        style = dict(lw=2.5) if number == 0 else dict(lw=1.5, ls="--")
        axes.plot(mm, 100 * np.asarray(share), label=f"{name} (median {median:.2f} mm)", **style)
    reach = max(float(np.interp(0.995, share, mm)) for mm, share, _ in methods.values())
    axes.set(xlim=(0, max(reach, 0.5)), ylim=(0, 100), xlabel="scan-to-mesh distance (mm)", ylabel="scan points (%)")
    axes.grid(alpha=0.3)
    axes.legend(loc="lower right")
    figure.savefig(path, dpi=150)


def _read(path: Path) -> dict:
    content = load_json(path)
    if not {"method", "metrics", "curve"} <= content.keys():
        raise ValueError(f"{path} is no now.json of an earlier evaluation")
    return content
