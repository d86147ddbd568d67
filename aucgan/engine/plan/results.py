"""What a run leaves in words and numbers: a table on the terminal and ``results.json``."""

from __future__ import annotations

import math
import platform
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import mmengine
import numpy as np
import torch
from rich.console import Console
from rich.table import Table

from aucgan import __version__
from aucgan.engine.device import current_device, device_title
from aucgan.files.atomic import write_json
from aucgan.files.kept_files import kept_json

RESULTS_NAME = "results.json"


def versions() -> dict[str, str]:
    """The versions that the numbers depend on."""
    device = current_device()
    threads = f", {torch.get_num_threads()} threads" if device.type == "cpu" else ""
    return {
        "aucgan": __version__,
        "python": platform.python_version(),
        "torch": torch.__version__,
        "mmengine": mmengine.__version__,
        "numpy": np.__version__,
        "device": device_title(device) + threads,
    }


def metric_value(value: Any) -> Any:
    """A metric as a JSON value; a number that is not finite becomes ``None``, as JSON has no other word for it."""
    if isinstance(value, (torch.Tensor, np.ndarray)):
        return metric_value(value.tolist())
    if isinstance(value, list):
        return [metric_value(item) for item in value]
    value = value.item() if isinstance(value, np.generic) else value
    return None if isinstance(value, float) and not math.isfinite(value) else value


def write_results(path: str | Path, metrics: Mapping[str, Any], **more: Any) -> dict:
    """Write metrics, versions and whatever else belongs to them as JSON; return what was written."""
    content = {
        "metrics": {name: metric_value(value) for name, value in metrics.items()},
        **more,
        "versions": versions(),
        "finished": time.strftime("%Y-%m-%dT%H:%M:%S%z"),
    }
    write_json(path, content)
    return content


def read_timings(work_dir: Path) -> dict[str, float]:
    """Seconds per part of a finished run; empty where there are none."""
    return kept_json(work_dir / RESULTS_NAME).get("timings", {})


def print_metrics(metrics: Mapping[str, Any], title: str) -> None:
    """Print a table of the metrics."""
    table = Table("metric", "value", title=title, title_justify="left")
    for name, value in metrics.items():
        value = metric_value(value)
        table.add_row(name, f"{value:.4f}" if isinstance(value, float) else str(value))
    Console().print(table)


def print_timings(timings: Mapping[str, float], elapsed: float) -> None:
    """Print a table of seconds per part, and what passed on the clock: less than the sum where parts ran together."""
    table = Table("part", "seconds", title="time", title_justify="left")
    for name, seconds in timings.items():
        table.add_row(name, f"{seconds:.1f}")
    table.add_section()
    table.add_row("elapsed", f"{elapsed:.1f}")
    Console().print(table)
