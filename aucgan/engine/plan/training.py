"""One training from its config to its results, with everything it needs trained first."""

from __future__ import annotations

import time
from functools import cache, partial
from pathlib import Path
from typing import cast

import torch
from mmengine.config import Config
from mmengine.dist import is_main_process

from aucgan.engine.checkpoints.checkpoint_hook import BEST_NAME, FINAL_NAME
from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints
from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_paths
from aucgan.engine.config.reading import read_config
from aucgan.engine.loop.processes import join_processes
from aucgan.engine.loop.runner import Runner
from aucgan.engine.plan.optional_metrics import unmeasured
from aucgan.engine.plan.plan import Plan, make_plan
from aucgan.engine.plan.prerequisites import make_missing
from aucgan.engine.plan.results import RESULTS_NAME, print_metrics, print_timings, write_results
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.files.renaming import replace
from aucgan.process.errors import ConfigError, UserError
from aucgan.process.stopping import interruptible


def train(request: TrainRequest) -> dict:
    """Make what is missing, train, test, and write the results.

    Returns:
        The contents of ``results.json``.

    Raises:
        UserError: Anything that the user can mend, in one line.
        MissingAssetsError: Licensed files are missing, here or for a prerequisite that has to be trained.
    """
    start = time.perf_counter()
    cfg = read_config(
        request.config,
        request.cfg_options,
        device=request.device,
        seed=request.seed,
        max_iters=request.max_iters,
        smoke=request.smoke,
        amp=request.amp,
    )
    join_processes(request.launcher, cfg.env_cfg.dist_cfg, torch.device(cfg.device))
    # prerequisites keep their seed, length and settings
    read_needed = cache(partial(read_config, device=request.device, smoke=request.smoke, amp=request.amp))
    plan = make_plan(cfg, read_needed, request.stem)
    missing = plan.missing()
    check_required_assets([cfg, *(read_needed(step.config) for step in missing.trainings)])
    check_paths(cfg, promised=_promised(plan))
    if is_main_process() and (request.train_missing or missing.steps):
        print(f"plan for {request.config}:")
        print("\n".join(plan.lines(f"train {request.config}")), flush=True)
    timings = make_missing(request, plan)
    runner = build_runner(cfg, request.folder, request.launcher, request.resume)
    return _train_and_test(request, runner, timings, start)


def build_runner(cfg: Config, work_dir: Path, launcher: str = "none", resume: bool = False) -> Runner:
    """Build a runner; whatever the components object to becomes one line.

    Raises:
        ConfigError: A component cannot be built from its settings.
    """
    cfg.work_dir, cfg.launcher, cfg.resume = str(work_dir), launcher, resume
    if not resume:
        _set_aside(work_dir)
    try:
        return cast(Runner, Runner.from_cfg(cfg))  # mmengine names its own class, and builds this one
    except UserError:
        raise
    except (ValueError, TypeError, KeyError, AssertionError, FileNotFoundError) as error:
        raise ConfigError(f"{type(error).__name__}: {error} (--traceback shows where)") from error


def _train_and_test(request: TrainRequest, runner: Runner, timings: dict[str, float], start: float) -> dict:
    began = time.perf_counter()
    with interruptible(f"train {request.config}", lambda: _how_to_continue(request)):
        runner.train()
    timings[f"train {request.stem}"] = time.perf_counter() - began
    metrics: dict = {}
    if runner.test_dataloader_is_given and not request.skip_test:
        began = time.perf_counter()
        weights = request.folder / FINAL_NAME
        with interruptible(
            f"the test of {request.stem}",
            f"the training is done: python tools/test.py {request.config} {weights} measures its weights",
        ):
            metrics = runner.test()
        timings[f"test {request.stem}"] = time.perf_counter() - began
    elapsed = time.perf_counter() - start
    content: dict = {}
    if is_main_process():
        content = write_results(
            request.folder / RESULTS_NAME,
            metrics,
            config=str(request.config),
            checkpoint=str(request.folder / FINAL_NAME),
            iterations=runner.iter,
            seed=runner.seed,
            timings=timings,
            elapsed=elapsed,
        )
        if metrics:
            print_metrics(metrics, f"{request.stem}, test split")
            print("".join(f"{line}\n" for line in unmeasured(runner.cfg)), end="")
        print_timings(timings, elapsed)
        print(f"weights: {request.folder / FINAL_NAME}\nresults: {request.folder / RESULTS_NAME}", flush=True)
    return content


def _how_to_continue(request: TrainRequest) -> str:
    """After an interruption before or after the loop, which writes a checkpoint when it is interrupted."""
    latest = list_checkpoints(request.folder)
    return f"continue from {latest[0]} with --resume" if latest else "nothing is trained yet: call it again"


def _promised(plan: Plan) -> set[Path]:
    """Paths that will exist when the plan has run."""
    roots = {getattr(data, "root", None) for data in plan.data}
    return {step.checkpoint for step in plan.trainings} | {Path(root) for root in roots if root}


def _set_aside(work_dir: Path) -> None:
    """Move an earlier run's checkpoints away, so that this run can never be resumed from them."""
    earlier = [*list_checkpoints(work_dir)]
    earlier += [p for name in (FINAL_NAME, BEST_NAME, RESULTS_NAME) if (p := Path(work_dir) / name).exists()]
    if not earlier or not is_main_process():
        return
    folder = Path(work_dir) / time.strftime("earlier_%Y%m%d_%H%M%S")
    folder.mkdir(exist_ok=True)
    for path in earlier:
        replace(path, folder / path.name)
    print(f"{work_dir} held an earlier run: its checkpoints are now in {folder} (--resume would continue it)")
