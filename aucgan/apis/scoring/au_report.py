"""What the AU-fidelity benchmark leaves: JSON, tables and a plot."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

from aucgan.action_units import MAIN_AUS
from aucgan.apis.scoring.au_fidelity import FidelityResult, Score
from aucgan.engine.plan.results import metric_value, write_results
from aucgan.evaluation.statistics.bootstrap import SCORES
from aucgan.evaluation.statistics.table import csv_table, markdown_table
from aucgan.files.atomic import atomic_path, write_text

CAVEAT = (
    "The scores are those of the faces and of the detector together: compare with the same detector on the photos "
    "themselves, and only numbers of one detector."
)


def write_fidelity_report(folder: Path, name: str, result: FidelityResult, **how: object) -> dict:
    """Write ``aus.json``, ``aus.md``, ``aus.csv`` and ``aus.png``.

    Args:
        folder: Where to write; made when it does not exist.
        name: Of the method.
        result: What was scored.
        **how: Whatever else belongs to the numbers: detector, options, files that were missing.

    Returns:
        The contents of ``aus.json``.
    """
    folder.mkdir(parents=True, exist_ok=True)
    content = write_results(
        folder / "aus.json",
        {f"macro_{score}": result.macro[score].value for score in SCORES},
        method=name,
        faces=result.faces,
        persons=result.persons,
        macro=_plain(result.macro),
        units={unit: {**asdict(s), "scores": _plain(s.scores)} for unit, s in result.units.items()},
        caveat=CAVEAT,
        **how,
    )
    write_text(folder / "aus.md", _markdown(name, result))
    write_text(folder / "aus.csv", csv_table([_numbers("macro", result.macro), *_unit_numbers(result)]))
    with atomic_path(folder / "aus.png") as path:
        draw_units(name, result, path)
    return content


def fidelity_rows(result: FidelityResult) -> list[dict]:
    """One row of text a unit, after the one of the macro scores."""
    rows: list[dict] = [
        dict(unit="macro", known=None, present=None, **{name: _text(result.macro[name]) for name in SCORES})
    ]
    for unit, scores in result.units.items():
        row: dict = dict(unit=unit, known=scores.known, present=scores.present)
        rows.append(row | {name: _text(scores.scores[name]) for name in SCORES} | {"F1 of always": scores.always})
    return rows


def _text(score: Score) -> str:
    if np.isnan(score.value):
        return "–"
    return f"{score.value:.3f} [{score.low:.3f}, {score.high:.3f}]"


def _plain(scores: dict[str, Score]) -> dict:
    return {name: {key: metric_value(value) for key, value in asdict(score).items()} for name, score in scores.items()}


def _numbers(unit: str, scores: dict[str, Score]) -> dict:
    row: dict = dict(unit=unit)
    for name, score in scores.items():
        row |= {name: score.value, f"{name}_low": score.low, f"{name}_high": score.high}
    return row


def _unit_numbers(result: FidelityResult) -> list[dict]:
    return [
        _numbers(unit, s.scores) | dict(known=s.known, present=s.present, f1_of_always=s.always)
        for unit, s in result.units.items()
    ]


def _markdown(name: str, result: FidelityResult) -> str:
    drawn = "single faces" if result.persons is None else f"{result.persons} persons"
    lines = [
        f"# {name}",
        f"{result.faces} faces; 95 % intervals by the bootstrap over {drawn}.",
        CAVEAT,
        markdown_table(fidelity_rows(result), digits=3),
    ]
    return "\n\n".join(lines) + "\n"


def draw_units(name: str, result: FidelityResult, path: Path) -> None:
    """Draw F1 and correlation of every main unit with their intervals, and the F1 of always saying yes."""
    units = [unit for unit in result.units if unit.removeprefix("AU").isdigit()]
    figure = Figure(figsize=(max(5.0, 0.32 * len(units) + 2), 5.6), layout="constrained")
    top, bottom = figure.subplots(2, 1, sharex=True)
    where = np.arange(len(units))
    for axes, score, label in ((top, "f1", "F1"), (bottom, "correlation", "correlation")):
        scores = [result.units[unit].scores[score] for unit in units]
        values = np.array([s.value for s in scores])
        errors = [
            np.clip(values - [s.low for s in scores], 0, None),
            np.clip([s.high for s in scores] - values, 0, None),
        ]
        axes.bar(where, values, yerr=errors, color="#4878a8", error_kw=dict(lw=1, capsize=2))
        axes.axhline(result.macro[score].value, color="#a84848", lw=1, label=f"macro {_text(result.macro[score])}")
        axes.set_ylabel(label)
        axes.grid(alpha=0.3, axis="y")
    always = [result.units[unit].always for unit in units]
    top.plot(where, always, "_", color="black", ms=9, label="always saying yes")
    top.set_ylim(0, 1)
    top.set_title(name, loc="left")
    for axes in (top, bottom):
        axes.legend(loc="lower right", bbox_to_anchor=(1, 1), ncols=2, frameon=False, fontsize="small")
    bottom.set_xticks(where, [f"AU{n}" for n in MAIN_AUS if f"AU{n}" in units], rotation=90)
    figure.savefig(path, dpi=150)
