"""Making what a training needs and does not find: its data, and the trainings whose weights it takes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import torch

import aucgan
from aucgan.engine.device import AUTO, choose_device
from aucgan.engine.plan.plan import DataStep, Plan, TrainingStep
from aucgan.engine.plan.results import read_timings
from aucgan.engine.plan.side_by_side import Job, run_jobs
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.process.errors import ConfigError
from aucgan.process.stopping import interruptible

TRAIN = (sys.executable, str(Path(aucgan.__file__).with_name("__main__.py")), "train")
"""What starts a training in a process of its own, from every folder and however the library is installed."""


def make_missing(request: TrainRequest, plan: Plan) -> dict[str, float]:
    """Run the plan's missing steps: the data one by one, the trainings side by side where that is possible.

    Returns:
        Seconds per part.

    Raises:
        ConfigError: Something is missing and must not be made, or a training did not leave its weights.
        UserError: A training failed or was ended.
    """
    missing = plan.missing()
    _check_that_they_may_run(request, missing)
    timings: dict[str, float] = {}
    for step in missing:
        if isinstance(step, DataStep):
            print(f"now: {step.name}", flush=True)
            start = time.perf_counter()
            with interruptible(step.name, "the same command makes what is missing"):
                step.preparation.run()
            timings[step.name] = time.perf_counter() - start
    trainings = [step for step in missing if isinstance(step, TrainingStep)]
    if trainings:
        timings |= _train_all(request, trainings)
    return timings


def _check_that_they_may_run(request: TrainRequest, missing: list[DataStep | TrainingStep]) -> None:
    names = "; ".join(step.name for step in missing)
    if missing and not request.train_missing:
        raise ConfigError(f"missing: {names}; leave out --missing-prerequisites error")
    if missing and request.launcher != "none":
        raise ConfigError(
            f"missing: {names}; make these first, each with its own call (under a launcher every process would start "
            "them)"
        )


def _train_all(request: TrainRequest, trainings: list[TrainingStep]) -> dict[str, float]:
    threads = torch.get_num_threads()
    at_once = request.jobs or (threads if choose_device(request.device or AUTO).type == "cpu" else 1)
    jobs = [Job(step.name, step.config.stem, _command(request, step), step.needs) for step in trainings]
    seconds = run_jobs(jobs, at_once, threads)
    timings: dict[str, float] = {}
    for step in trainings:
        if not step.checkpoint.is_file():
            raise ConfigError(f"{step.config} was trained, but did not leave {step.checkpoint}")
        timings |= read_timings(step.work_dir) or {step.name: seconds[step.name]}
    return timings


def _command(request: TrainRequest, step: TrainingStep) -> tuple[str, ...]:
    options = ["--work-dir", str(step.work_dir), "--missing-prerequisites", "error"]
    options += ["--resume"] * (step.state() == "interrupted") + ["--amp"] * request.amp
    options += ["--device", request.device] if request.device else []
    options += ["--smoke", str(request.smoke)] if request.smoke else []
    return (*TRAIN, str(step.config), *options)
