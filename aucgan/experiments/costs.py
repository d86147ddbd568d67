"""The costs of all variants, measured one after the other while nothing else runs."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import torch

from aucgan.engine.device import device_title
from aucgan.experiments.measure_request import COST_NAME, FACES_NAME, MeasureRequest
from aucgan.experiments.runs import Run, digest, training_settings
from aucgan.experiments.training import last_line
from aucgan.experiments.variants import Budget, Variant
from aucgan.files.atomic import remove_unfinished
from aucgan.files.kept_files import kept_arrays, kept_json
from aucgan.process.stopping import interruptible

LOG_NAME, REQUEST_NAME = "measure.log", "measure.json"


def measure_variants(
    variants: Sequence[Variant],
    runs: Sequence[Run],
    budget: Budget,
    work_dir: Path,
    say: Callable[[str], None],
) -> None:
    """Measure every variant that has not been measured as it is; one that cannot be measured lacks costs or pictures.

    Args:
        variants: The variants, the reference first.
        runs: All runs; faces are drawn by the first finished one of a variant.
        budget: The budget.
        work_dir: Folder of the comparison.
        say: Tells the user.
    """
    for variant in variants:
        finished = [run for run in runs if run.variant == variant.name and run.results.is_file()]
        request = _request(variant, variants[0], finished, budget, work_dir)
        folder = Path(request.folder)
        if not _is_measured(folder, request.key):
            say(f"measuring the costs of {variant.name}")
            with interruptible(f"measuring the costs of {variant.name}"):
                _measure(request)
            if not _is_measured(folder, request.key):
                log = folder / LOG_NAME
                say(f"not all of {variant.name} could be measured: {last_line(log)} (see {log})")


def read_costs(variants: Sequence[Variant], work_dir: Path) -> dict[str, Mapping[str, Any]]:
    """The costs of the variants that have been measured against the first."""
    found = {v.name: _read(_folder(v.name, variants[0].name, work_dir)) for v in variants}
    return {name: costs for name, costs in found.items() if costs}


def faces_path(variant: str, reference: str, work_dir: Path) -> Path:
    """Where the pictures of a variant are."""
    return _folder(variant, reference, work_dir) / FACES_NAME


def _folder(variant: str, reference: str, work_dir: Path) -> Path:
    return work_dir / variant / f"measured_against_{reference}"


def _request(
    variant: Variant, reference: Variant, finished: Sequence[Run], budget: Budget, work_dir: Path
) -> MeasureRequest:
    checkpoint = str(finished[0].checkpoint) if finished else None
    settings = [training_settings(variant), training_settings(reference), budget.max_iters, str(budget.smoke)]
    machine = [torch.get_num_threads(), device_title(torch.device(variant.cfg.device))]
    asked = MeasureRequest(
        source=variant.source,
        reference=reference.source,
        folder=str(_folder(variant.name, reference.name, work_dir)),
        checkpoint=checkpoint,
        max_iters=budget.max_iters,
        smoke=str(budget.smoke) if budget.smoke else None,
        device=budget.device,
    )
    key = digest([settings, machine, asked.n_faces, checkpoint, finished[0].code if finished else None])
    return replace(asked, key=key)


def _measure(request: MeasureRequest) -> None:
    folder = Path(request.folder)
    folder.mkdir(parents=True, exist_ok=True)
    for name in (COST_NAME, FACES_NAME):
        (folder / name).unlink(missing_ok=True)
    request.write(folder / REQUEST_NAME)
    with (folder / LOG_NAME).open("wb") as log:
        command = [sys.executable, "-m", "aucgan.experiments.measure", str(folder / REQUEST_NAME)]
        try:
            subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False)
        finally:
            remove_unfinished(folder)


def _is_measured(folder: Path, key: str) -> bool:
    faces = folder / FACES_NAME
    return _read(folder).get("key") == key and not (faces.is_file() and kept_arrays(faces) is None)


def _read(folder: Path) -> Mapping[str, Any]:
    return kept_json(folder / COST_NAME)
