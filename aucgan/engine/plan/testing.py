"""Measuring given weights on the test split."""

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
        out: The JSON file to write; ``test/metrics.json`` beside the checkpoint when ``None``.
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


def test(request: TestRequest) -> dict:
    """Load the weights, run the test split, print and write the metrics.

    Returns:
        The contents of the JSON file.

    Raises:
        UserError: Anything that the user can mend, in one line.
        MissingAssetsError: Licensed files are missing.
    """
    runner = _build(request)
    start = time.perf_counter()
    metrics = runner.test()
    if not is_main_process():
        return {}
    out = request.out or request.checkpoint.parent / TEST_FOLDER / "metrics.json"
    content = write_results(
        out,
        metrics,
        config=str(request.config),
        checkpoint=str(request.checkpoint),
        timings={"test": time.perf_counter() - start},
    )
    print_metrics(metrics, f"{request.checkpoint}, test split")
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
    _drop_training(cfg)
    check_required_assets([cfg], weights=False)
    check_paths(cfg)
    cfg.load_from = str(request.checkpoint)
    return build_runner(cfg, request.checkpoint.parent / TEST_FOLDER, request.launcher)


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
