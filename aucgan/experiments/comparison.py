"""A comparison from its configs to its report."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

import torch

from aucgan.building.nearest import nearest
from aucgan.engine.config.reading import read_config
from aucgan.engine.plan.plan import make_plan
from aucgan.engine.plan.prerequisites import make_missing
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.experiments.costs import measure_variants, read_costs
from aucgan.experiments.outcomes import Outcome, check_same_samples, read_outcome
from aucgan.experiments.pictures import draw_pictures
from aucgan.experiments.report import Comparison, write_report
from aucgan.experiments.runs import Run, plan_runs
from aucgan.experiments.training import train_runs
from aucgan.experiments.variants import Budget, Variant, load_variants
from aucgan.experiments.verdicts import constants, default_metrics, judge, metric_names
from aucgan.process.errors import ConfigError, UserError


@dataclass(frozen=True)
class CompareRequest:
    """What the user asked for.

    Attributes:
        configs: The config files; the first is the reference.
        budget: Seeds and iterations of every config.
        work_dir: Where the runs are kept, to be reused by other comparisons.
        out: Where the report goes; ``report`` in ``work_dir`` when ``None``.
        jobs: Trainings side by side.
        metrics: Metrics to test; ``None``: all but those that refine others.
        leave_out: Losses of the reference, or ``all``: the reference without each of them is one more variant.
        report_only: Train and measure nothing: report what is there.
    """

    configs: tuple[Path, ...]
    budget: Budget
    work_dir: Path
    out: Path | None = None
    jobs: int = 1
    metrics: tuple[str, ...] | None = None
    leave_out: tuple[str, ...] = ()
    report_only: bool = False


def compare(request: CompareRequest) -> Comparison:
    """Train what is missing, measure, judge, and write the report.

    Args:
        request: What the user asked for.

    Raises:
        UserError: Anything that the user can mend, in one line.
    """
    variants = load_variants(request.configs, request.budget, request.leave_out)
    if not request.report_only:
        for variant in variants:
            _prepare(variant, request)
    runs = plan_runs(variants, request.budget, request.work_dir)
    if not request.report_only:
        train_runs(runs, request.jobs, torch.get_num_threads(), _say)
        measure_variants(variants, runs, request.budget, request.work_dir, _say)
    return _report(request, variants, runs)


def _say(line: str) -> None:
    print(line, flush=True)


def _prepare(variant: Variant, request: CompareRequest) -> None:
    """Make the data and the prerequisites of a variant that are missing; a failure is that variant's alone."""
    device, smoke = request.budget.device, request.budget.smoke
    try:
        plan = make_plan(variant.cfg, partial(read_config, device=device, smoke=smoke), variant.name)
        make_missing(TrainRequest(variant.source.config, device=device, smoke=smoke), plan)
    except UserError as error:
        if error.exit_code >= 128:  # the user wants to stop
            raise
        _say(f"{variant.name} cannot be trained: {error}")


def _report(request: CompareRequest, variants: Sequence[Variant], runs: Sequence[Run]) -> Comparison:
    outcomes = {v.name: [read_outcome(run) for run in runs if run.variant == v.name] for v in variants}
    check_same_samples([outcome for found in outcomes.values() for outcome in found])
    out = request.out or request.work_dir / "report"
    rows = judge(outcomes, _metrics(request, outcomes))
    comparison = Comparison(
        command=shlex.join(["python", *sys.argv]),
        budget=_budget_in_words(request.budget, variants),
        outcomes=outcomes,
        rows=rows,
        constants=constants(outcomes),
        costs=read_costs(variants, request.work_dir),
    )
    write_report(comparison, out)  # the tables first: whatever happens to the pictures, they are there
    drawn = draw_pictures(variants, runs, rows, request.work_dir, out, _say)
    comparison = replace(comparison, pictures=drawn)
    _say(f"report: {write_report(comparison, out)}")
    return comparison


def _metrics(request: CompareRequest, outcomes: Mapping[str, Sequence[Outcome]]) -> list[str]:
    if request.metrics is None:
        return default_metrics(outcomes)
    known = metric_names(outcomes)
    for name in request.metrics:
        if known and name not in known:
            raise ConfigError(f"--metrics: no run measured '{name}'{nearest(name, known)}")
    return list(request.metrics)


def _budget_in_words(budget: Budget, variants: Sequence[Variant]) -> str:
    lengths = sorted({variant.max_iters for variant in variants})
    seeds = f"seed {budget.seeds[0]} alone" if len(budget.seeds) == 1 else f"{len(budget.seeds)} seeds"
    return f"{' or '.join(map(str, lengths))} iterations, {seeds}."
