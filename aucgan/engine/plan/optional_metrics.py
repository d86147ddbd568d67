"""Metrics that join the test once the files they need exist."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mmengine.config import Config

from aucgan.engine.config.config_check import named_paths

KEY = "optional_evaluator"


def add_optional_metrics(cfg: Config) -> None:
    """Move the metrics under ``optional_evaluator`` whose files all exist to ``test_evaluator``; the others stay.

    Such a metric brings a network of its own, which no training needs: a second AU network as a judge, licensed
    face-recognition weights. With its file it is measured, without it the test goes on.

    Args:
        cfg: A config; changed in place.
    """
    waiting = list(cfg.get(KEY) or [])
    ready = [metric for metric in waiting if not _missing(metric)]
    evaluators = cfg.get("test_evaluator")
    if ready and evaluators:
        cfg.test_evaluator = [*(evaluators if isinstance(evaluators, list) else [evaluators]), *ready]
        cfg[KEY] = [metric for metric in waiting if metric not in ready]


def unmeasured(cfg: Config) -> list[str]:
    """One line for every metric that still waits, with the files it waits for."""
    return [f"not measured: {m['type']}, it needs {', '.join(_missing(m))}" for m in cfg.get(KEY) or []]


def _missing(metric: Any) -> list[str]:
    files = (value for _, _, value in named_paths(metric))
    return [file for file in files if not Path(file).expanduser().exists()]
