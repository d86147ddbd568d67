"""Measuring given weights on the test split, or on another one of its data set."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from mmengine.dist import is_main_process

from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_paths
from aucgan.engine.config.reading import read_config
from aucgan.engine.loop.processes import join_processes
from aucgan.engine.loop.runner import Runner
from aucgan.engine.plan.optional_metrics import unmeasured
from aucgan.engine.plan.results import print_metrics, write_results
from aucgan.engine.plan.training import build_runner
from aucgan.process.errors import ConfigError

TEST_FOLDER = "test"


@dataclass(frozen=True)
class TestRequest:
    """What the user asked for.

    Attributes:
        config: The config file.
        checkpoint: ``final.pth``, ``best.pth`` or ``iter_N.pth`` of a training.
        split: The split of the test data set, such as ``strangers``; ``None``: the config's own.
        out: The JSON file to write; ``test/metrics.json`` beside the checkpoint when ``None``, with the name of the
            split for ``test``.
        launcher: ``none``, ``pytorch`` or ``slurm``.
        cfg_options: ``key=value`` changes of the config.
        smoke: Folder of the tiny run that the checkpoint is from, or ``None``.
        device: Where it runs, see :func:`aucgan.engine.device.choose_device`; ``None``: as in the config.
    """

    __test__ = False  # not a test case, whatever its name says to pytest

    config: Path
    checkpoint: Path
    out: Path | None = None
    launcher: str = "none"
    cfg_options: tuple[str, ...] = ()
    smoke: Path | None = None
    device: str | None = None
    split: str | None = None

    @property
    def folder(self) -> Path:
        """Where results go when no file is named."""
        return self.checkpoint.parent / (self.split or TEST_FOLDER)


def test(request: TestRequest) -> dict:
    """Load the weights, run the split, print and write the metrics.

    Returns:
        The contents of the JSON file.

    Raises:
        UserError: Anything that the user can mend, in one line.
        MissingAssetsError: Licensed files are missing.
    """
    runner = _build(request)
    _build_data(runner)
    start = time.perf_counter()
    metrics = runner.test()
    if not is_main_process():
        return {}
    out = request.out or request.folder / "metrics.json"
    content = write_results(
        out,
        metrics,
        config=str(request.config),
        checkpoint=str(request.checkpoint),
        split=request.split or TEST_FOLDER,
        timings={"test": time.perf_counter() - start},
    )
    print_metrics(metrics, f"{request.checkpoint}, {request.split or TEST_FOLDER} split")
    print("".join(f"{line}\n" for line in unmeasured(runner.cfg)), end="")
    print(f"results: {out}", flush=True)
    return content


test.__test__ = False  # type: ignore[attr-defined]  # pytest reads it; a type knows no attributes of functions


def _build(request: TestRequest) -> Runner:
    cfg = read_config(request.config, request.cfg_options, device=request.device, smoke=request.smoke)
    join_processes(request.launcher, cfg.env_cfg.dist_cfg, torch.device(cfg.device))
    if not request.checkpoint.is_file():
        raise ConfigError(f"no checkpoint at {request.checkpoint}: train it first with tools/train.py {request.config}")
    if not cfg.get("test_dataloader") or not cfg.get("test_evaluator"):
        raise ConfigError(f"{request.config} has no test_dataloader with a test_evaluator")
    _choose_split(cfg, request)
    _drop_training(cfg)
    check_required_assets([cfg], weights=False)
    check_paths(cfg)
    cfg.load_from = str(request.checkpoint)
    return build_runner(cfg, request.folder, request.launcher)


def _build_data(runner: Runner) -> None:
    """Have the split built, whose errors (no such split, no such file) the user can mend."""
    try:
        _ = runner.test_loop
    except (ValueError, FileNotFoundError) as error:
        raise ConfigError(str(error)) from error


def _choose_split(cfg: Config, request: TestRequest) -> None:
    if request.split is None:
        return
    dataset = cfg.test_dataloader.dataset
    if "split" not in dataset:
        raise ConfigError(f"test_dataloader.dataset of {request.config} ({dataset.type}) has no splits to choose from")
    dataset.split = request.split


def _drop_training(cfg: Config) -> None:
    """Keep what the test needs: the weights come from the checkpoint, so no pretrained part has to exist."""
    for key in ("train_dataloader", "train_cfg", "optim_wrapper", "param_scheduler"):
        cfg[key] = None
    for key in ("val_dataloader", "val_cfg", "val_evaluator", "custom_hooks"):
        cfg[key] = None
    for name in ("pictures", "non_finite"):
        cfg.default_hooks.pop(name, None)
    for name in ("checkpoint", "param_scheduler"):  # None takes mmengine's own away as well
        cfg.default_hooks[name] = None
    _drop_pretrained(cfg._cfg_dict.model)


def _drop_pretrained(node: Any) -> None:
    if isinstance(node, dict):
        if isinstance(node.get("init_cfg"), dict) and node["init_cfg"].get("type") == "Pretrained":
            node["init_cfg"] = None
        for value in node.values():
            _drop_pretrained(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            _drop_pretrained(value)
