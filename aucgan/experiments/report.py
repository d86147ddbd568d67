"""The tables of a comparison: Markdown for people, CSV and JSON for programs."""

from __future__ import annotations

import csv
import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from aucgan.engine.plan.results import metric_value, versions
from aucgan.evaluation.statistics.paired_test import Difference
from aucgan.evaluation.statistics.table import markdown_table
from aucgan.experiments.outcomes import Outcome
from aucgan.experiments.verdicts import BETTER, DETAILS, EQUAL, NOT_MEASURED, REFERENCE, WORSE, Row
from aucgan.files.atomic import atomic_path, write_json

MARKS = {BETTER: " (+)", WORSE: " (−)", EQUAL: " (=)"}
COSTS = {
    "learned parameters, M": ("learned_parameters", 1e-6, ".2f"),
    "all parameters, M": ("total_parameters", 1e-6, ".2f"),
    "training GFLOP a face": ("step_gflop", 1.0, ".2f"),
    "inference GFLOP a face": ("inference_gflop", 1.0, ".2f"),
    "step time ÷ reference": ("step_ratio", 1.0, ".2f"),
    "peak memory, MiB": ("peak_memory_mib", 1.0, ".0f"),
}
"""Title of a column → key, factor, format."""
ONE_SEED = (
    "One seed: the verdicts speak of these trained networks, on other persons; two trainings of one config may differ "
    "as much."
)
STEM = "comparison"


@dataclass(frozen=True)
class Comparison:
    """Everything that a comparison found.

    Attributes:
        command: How it was called.
        budget: In words.
        outcomes: Variant → its runs; the first is the reference.
        rows: The verdicts.
        constants: Metrics that are the same for all.
        costs: Variant → its costs.
        pictures: Names of picture files beside the report.
    """

    command: str
    budget: str
    outcomes: Mapping[str, Sequence[Outcome]]
    rows: Sequence[Row]
    constants: Mapping[str, float]
    costs: Mapping[str, Mapping[str, Any]]
    pictures: Sequence[str] = ()


def write_report(comparison: Comparison, folder: Path) -> Path:
    """Write ``comparison.md``, ``.csv`` and ``.json``; return the first."""
    for suffix, text in (("md", markdown_report(comparison)), ("csv", None)):
        with atomic_path(folder / f"{STEM}.{suffix}") as temporary:
            if text is not None:
                temporary.write_text(text, encoding="utf-8")
            else:
                _write_csv(comparison, temporary)
    write_json(folder / f"{STEM}.json", _json(comparison))
    return folder / f"{STEM}.md"


def markdown_report(comparison: Comparison) -> str:
    """The report for people."""
    reference = next(iter(comparison.outcomes))
    parts = [
        f"# Comparison with {reference}",
        f"`{comparison.command}`",
        f"{comparison.budget} Mean ± standard deviation over the seeds. "
        f"(+) better than {reference}, (−) worse, (=) not distinguishable from it.",
        markdown_table(overview(comparison)),
    ]
    same = ", ".join(f"{name} {v:.4g}" for name, v in comparison.constants.items() if not DETAILS.search(name))
    if same:
        parts.append(f"The same for all, as it depends on the data and the frozen parts alone: {same}.")
    if any(row.difference for row in comparison.rows):
        parts += ["## Verdicts", markdown_table(verdict_table(comparison.rows))]
        parts.append(
            "Difference to the reference with its 95 % interval over persons and seeds; p after Holm's correction over "
            "all lines; seeds: how many lie on that side of the reference's mean."
        )
        if max(len(row.values) for row in comparison.rows) == 1:
            parts.append(ONE_SEED)
    if comparison.costs:
        parts += ["## Costs", markdown_table(cost_table(comparison.costs)), _cost_note(comparison.costs)]
    parts += _troubles(comparison)
    parts += [f"![{Path(name).stem}]({name})" for name in comparison.pictures]
    return "\n\n".join(parts) + "\n"


def overview(comparison: Comparison) -> list[dict[str, str]]:
    """One row a variant: how its runs ended, its metrics, and the verdicts in words."""
    table = []
    for variant, runs in comparison.outcomes.items():
        rows = [row for row in comparison.rows if row.variant == variant]
        cells = {"variant": variant, "runs": run_summary(runs)}
        cells |= {row.metric: spread(row) + MARKS.get(row.verdict, "") for row in rows}
        table.append(cells | {"verdict": summary(rows)})
    return table


def run_summary(runs: Sequence[Outcome]) -> str:
    """``3``, or ``2 of 3; 1 diverged``."""
    finished = sum(run.finished for run in runs)
    others = [run.status for run in runs if not run.finished]
    words = "; ".join(f"{others.count(status)} {status}" for status in dict.fromkeys(others))
    return f"{finished} of {len(runs)}; {words}" if words else str(finished)


def spread(row: Row) -> str:
    """``0.614 ± 0.012``."""
    if not row.values:
        return "–"
    return f"{row.mean:.4g}" + ("" if math.isnan(row.std) else f" ± {row.std:.2g}")


def summary(rows: Sequence[Row]) -> str:
    """The verdicts of one variant in words."""
    found = {row.verdict for row in rows}
    if found & {REFERENCE} or not found or found == {NOT_MEASURED}:
        return REFERENCE if REFERENCE in found else "no numbers"
    words = [
        f"{verdict}: {', '.join(row.metric for row in rows if row.verdict == verdict)}"
        for verdict in dict.fromkeys(row.verdict for row in rows)
        if verdict not in (EQUAL, NOT_MEASURED)
    ]
    return "; ".join(words) or EQUAL


def verdict_table(rows: Sequence[Row]) -> list[dict[str, str]]:
    """One row a variant and metric that was tested."""
    return [
        {
            "metric": row.metric,
            "variant": row.variant,
            "difference": f"{row.difference.value:+.3g} {_interval(row.difference)}",
            "p": "< 0.0001" if row.p < 1e-4 else f"{row.p:.4f}",
            "seeds": f"{row.agreeing} of {len(row.values)}",
            "verdict": row.verdict,
        }
        for row in rows
        if row.difference is not None and row.p is not None
    ]


def _interval(difference: Difference) -> str:
    if math.isinf(difference.low):
        return "(one seed: no interval)"
    return f"[{difference.low:+.3g}, {difference.high:+.3g}]"


def cost_table(costs: Mapping[str, Mapping[str, Any]]) -> list[dict[str, Any]]:
    """One row a variant; a dash where a part could not be measured."""
    return [
        {"variant": variant}
        | {
            title: f"{cost[key] * unit:{digits}}" if key in cost else "–"
            for title, (key, unit, digits) in COSTS.items()
        }
        for variant, cost in costs.items()
    ]


def _cost_note(costs: Mapping[str, Mapping[str, Any]]) -> str:
    cost = next(iter(costs.values()))
    where = "the GPU's tensors" if cost["device"] != "CPU" else "the whole process, libraries included"
    threads = f"{cost['threads']} thread{'s' * (cost['threads'] > 1)}"
    return (
        f"Measured on {cost['device']}, {threads}, batches of {cost['batch_size']}, without loading "
        f"data. FLOPs are those of matrix products, convolutions and attention; a training step's hold forward and "
        f"backward passes of all networks. Time ratios are medians of steps taken in turn. Memory is the peak in "
        f"training steps, of {where}."
    )


def _troubles(comparison: Comparison) -> list[str]:
    lines = [
        f"- {run.variant}, seed {run.seed}: {run.status}{f' ({run.message})' if run.message else ''}"
        for runs in comparison.outcomes.values()
        for run in runs
        if not run.finished
    ]
    parts = ["## Runs without numbers", "\n".join(lines)] if lines else []
    other = sorted({run.variant for runs in comparison.outcomes.values() for run in runs if run.other_code})
    if other:
        parts.append(f"Trained by another state of the library's code than the present one: {', '.join(other)}.")
    return parts


def _write_csv(comparison: Comparison, path: Path) -> None:
    columns = "metric variant mean std seeds difference low high p verdict".split()
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in comparison.rows:
            d = row.difference
            tested = [d.value, d.low, d.high, row.p] if d else [""] * 4
            writer.writerow([row.metric, row.variant, row.mean, row.std, len(row.values), *tested, row.verdict])


def _json(comparison: Comparison) -> dict[str, Any]:
    rows = [
        {key: metric_value(value) for key, value in asdict(row).items() if key not in ("difference", "values")}
        | dict(mean=metric_value(row.mean), std=metric_value(row.std), values=dict(row.values))
        | dict(difference={k: metric_value(v) for k, v in asdict(row.difference).items()} if row.difference else None)
        for row in comparison.rows
    ]
    runs = [
        dict(variant=r.variant, seed=r.seed, status=r.status, message=r.message, metrics=dict(r.metrics))
        for found in comparison.outcomes.values()
        for r in found
    ]
    return dict(
        command=comparison.command,
        budget=comparison.budget,
        rows=rows,
        constants=dict(comparison.constants),
        costs={name: dict(cost) for name, cost in comparison.costs.items()},
        runs=runs,
        versions=versions(),
    )
