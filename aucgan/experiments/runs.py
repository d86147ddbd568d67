"""One training of a comparison: where it lives, what it depends on, and how far it is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config

import aucgan
from aucgan.engine.checkpoints.checkpoint_hook import FINAL_NAME
from aucgan.engine.checkpoints.checkpoint_io import list_checkpoints
from aucgan.engine.config.config_check import named_paths
from aucgan.engine.hooks.sample_values_hook import SAMPLE_VALUES_NAME
from aucgan.engine.plan.results import RESULTS_NAME
from aucgan.engine.plan.train_request import TrainRequest
from aucgan.experiments.variants import Budget, Variant
from aucgan.files.atomic import write_json
from aucgan.files.kept_files import kept_arrays, kept_json

RECORD_NAME = "run.json"
FINISHED, DIVERGED, FAILED, INTERRUPTED, MISSING = "finished", "diverged", "failed", "interrupted", "missing"
TEST_KEYS = ("test_dataloader", "test_evaluator", "optional_evaluator", "test_cfg")
"""Settings that change what is measured, not what is trained."""
VALIDATION_KEYS = ("val_dataloader", "val_cfg", "val_evaluator")
SILENT_KEYS = ("work_dir", "log_level", "visualizer", "smoke", "resume", "launcher", "device")
SILENT_HOOKS = ("logger", "runtime_info", "timer", "progress", "pictures", "sample_values", "sampler_seed")
"""Settings that change neither."""


@dataclass(frozen=True)
class Run:
    """A training with one seed.

    Attributes:
        variant: Name of the variant.
        seed: The seed.
        folder: Where it writes; its name holds a digest of everything that the weights depend on.
        command: The program and its arguments.
        measured: Digest of what the numbers depend on beyond the weights.
        code: Digest of the library's source.
    """

    variant: str
    seed: int
    folder: Path
    command: tuple[str, ...]
    measured: str
    code: str

    @property
    def results(self) -> Path:
        """The numbers that it leaves."""
        return self.folder / RESULTS_NAME

    @property
    def checkpoint(self) -> Path:
        """The weights that it leaves."""
        return self.folder / FINAL_NAME

    def record(self) -> dict[str, Any]:
        """What was noted of it; empty where it was never started."""
        return kept_json(self.folder / RECORD_NAME)

    def note(self, status: str, message: str = "", seconds: float | None = None) -> None:
        """Note how far it is."""
        content = dict(status=status, message=message, seconds=seconds, measured=self.measured, code=self.code)
        write_json(self.folder / RECORD_NAME, content | dict(command=list(self.command), seed=self.seed))

    def state(self) -> str:
        """``finished``, ``diverged``, ``failed``, ``interrupted`` (can be continued) or ``missing``.

        A run whose numbers were measured otherwise than now, or are damaged, counts as interrupted: its weights stay,
        it is tested anew.
        """
        record = self.record()
        status = record.get("status", MISSING)
        if status == FINISHED and (record["measured"] != self.measured or not self._is_whole()):
            return INTERRUPTED
        if status == INTERRUPTED and not (list_checkpoints(self.folder) or self.checkpoint.is_file()):
            return MISSING
        return status

    def _is_whole(self) -> bool:
        """Whether its numbers can be read."""
        samples = self.folder / SAMPLE_VALUES_NAME
        return bool(kept_json(self.results)) and not (samples.is_file() and kept_arrays(samples) is None)


def plan_runs(variants: Sequence[Variant], budget: Budget, work_dir: Path) -> list[Run]:
    """Every variant with every seed: all variants of the first seed come first.

    Call it when the prerequisites are there: the runs depend on their weights.
    """
    code = code_digest()
    made: dict[str, str] = {}
    runs = []
    for seed in budget.seeds:
        for variant in variants:
            inputs = _inputs(variant, made)
            budgeted = dict(seed=seed, max_iters=variant.max_iters, smoke=budget.smoke is not None)
            trained = digest(
                dict(settings=training_settings(variant), inputs=inputs, torch=_torch(variant.cfg), **budgeted)
            )
            folder = work_dir / variant.name / f"seed{seed}_{variant.max_iters}it_{trained[:8]}"
            judges = _digests((path for _, _, path in named_paths(variant.cfg.to_dict()["test_evaluator"])), made)
            measured = digest([variant.cfg.test_dataloader.dataset, variant.cfg.test_evaluator, inputs, judges])
            command = _command(variant, seed, budget, folder)
            runs.append(Run(variant.name, seed, folder, command, measured, code))
    return runs


def digest(content: Any) -> str:
    """SHA-256 of nested plain data."""
    return hashlib.sha256(json.dumps(content, sort_keys=True, default=str).encode()).hexdigest()


def code_digest(package: Path = Path(aucgan.__file__).parent) -> str:
    """SHA-256 of a package's source files."""
    sha = hashlib.sha256()
    for path in sorted(package.rglob("*.py")):
        sha.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes())
    return sha.hexdigest()


def _command(variant: Variant, seed: int, budget: Budget, folder: Path) -> tuple[str, ...]:
    silent = [f"{key}=None" for key in VALIDATION_KEYS if _validates_needlessly(variant)]
    request = TrainRequest(
        variant.source.config,
        folder,
        resume=True,
        cfg_options=(*variant.source.changes, *silent),
        max_iters=budget.max_iters,
        seed=seed,
        train_missing=False,
        smoke=budget.smoke,
        device=budget.device,
    )
    return request.command()


def _validates_needlessly(variant: Variant) -> bool:
    """Validation costs time and changes nothing, unless it picks the weights."""
    return bool(variant.cfg.get("val_dataloader")) and not variant.cfg.default_hooks.checkpoint.get("save_best")


def training_settings(variant: Variant) -> dict:
    """The settings, as written, that the weights depend on; what the engine fills in belongs to the code."""
    cfg = variant.written.to_dict()
    for key in (*TEST_KEYS, *SILENT_KEYS):
        cfg.pop(key, None)
    if _validates_needlessly(variant):
        for key in VALIDATION_KEYS:
            cfg.pop(key, None)
    cfg["default_hooks"] = {k: v for k, v in cfg.get("default_hooks", {}).items() if k not in SILENT_HOOKS}
    return cfg


def _inputs(variant: Variant, made: dict[str, str]) -> dict[str, str]:
    """Digests of the prerequisites' weights and of what the data sets say they are, each file read once."""
    paths = [str(entry["checkpoint"]) for entry in variant.cfg.get("prerequisites") or []]
    paths += [str(Path(root) / "meta.json") for root in _roots(variant.cfg.to_dict())]
    return _digests(paths, made)


def _digests(paths: Iterable[str], made: dict[str, str]) -> dict[str, str]:
    paths = list(paths)
    for path in paths:
        if path not in made:
            made[path] = hashlib.sha256(Path(path).read_bytes()).hexdigest() if Path(path).is_file() else "missing"
    return {path: made[path] for path in paths}


def _roots(node: Any) -> Iterable[str]:
    """Folders of all data sets in nested settings."""
    if isinstance(node, dict):
        if "type" in node and isinstance(node.get("root"), str):
            yield node["root"]
        for value in node.values():
            yield from _roots(value)
    elif isinstance(node, (list, tuple)):
        for value in node:
            yield from _roots(value)


def _torch(cfg: Config) -> str:
    return f"{torch.__version__} {torch.device(cfg.device).type}"
