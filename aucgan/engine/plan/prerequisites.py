"""Making what a training needs and does not find: its data, and the trainings whose weights it takes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import torch

from aucgan.engine.device import AUTO, choose_device
from aucgan.engine.plan.plan import Plan, TrainingStep
from aucgan.engine.plan.results import read_timings
from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.process.errors import ConfigError
from aucgan.process.stopping import interruptible


def make_missing(request: TrainRequest, plan: Plan) -> dict[str, float]:
    """Run what is missing: the data one by one, the trainings side by side where that is possible.

    Returns:
        Seconds per part.

    Raises:
        ConfigError: Something is missing and must not be made, or a training did not leave its weights.
        UserError: A training failed or was ended.
    """
    missing = plan.missing()
    if missing.steps and not (request.train_missing and request.launcher == "none"):
        names = "; ".join(step.describe() for step in missing.steps)
        launched = "make these first, each with its own call (under a launcher every process would start them)"
        raise ConfigError(
            f"missing: {names}; {launched if request.train_missing else 'leave out --missing-prerequisites error'}"
        )
    timings: dict[str, float] = {}
    for step in missing.data:
        print(f"now: {step.describe()}", flush=True)
        start = time.perf_counter()
        with interruptible(step.describe(), "the same command makes what is missing"):
            step.run()
        timings[step.describe()] = time.perf_counter() - start
    return timings | _train_all(request, missing.trainings)


def _train_all(request: TrainRequest, trainings: Sequence[TrainingStep]) -> dict[str, float]:
    threads = torch.get_num_threads()
    at_once = request.jobs or (threads if choose_device(request.device or AUTO).type == "cpu" else 1)
    seconds = run_jobs([_job(request, step) for step in trainings], at_once, threads)
    timings: dict[str, float] = {}
    for step in trainings:
        if not step.is_complete():
            raise ConfigError(f"{step.config} was trained, but did not leave {step.checkpoint}")
        timings |= read_timings(step.checkpoint.parent) or {step.describe(): seconds[step.describe()]}
    return timings


def _job(request: TrainRequest, step: TrainingStep) -> Job:
    """The training of a prerequisite as the user wants this one, but at its own seed, length and settings."""
    asked = TrainRequest(step.config, step.checkpoint.parent, step.is_begun(), request.amp, train_missing=False)
    asked = replace(asked, smoke=request.smoke, device=request.device)
    return Job(step.describe(), step.config.stem, asked.command(), tuple(needed.describe() for needed in step.needs))
