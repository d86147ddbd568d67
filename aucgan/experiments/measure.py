"""What a variant costs, and what it makes of a few test faces; run in a process of its own, a variant each.

    python -m aucgan.experiments.measure REQUEST.json

The process builds the variant alone first, so that its peak of memory is the variant's; then the reference beside it,
and times their training steps in turn, so that what else the machine does meets both.
"""  # noqa: D415

from __future__ import annotations

import contextlib
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch.utils.data import default_collate

from aucgan.engine.catalogue.flop_count import FlopCount
from aucgan.engine.device import current_device, device_title, wait_for
from aucgan.engine.loop.runner import Runner
from aucgan.engine.loop.sampler import SeededIndex
from aucgan.engine.loop.seeding import seed_all
from aucgan.engine.plan.training import build_runner
from aucgan.experiments.measure_request import COST_NAME, FACES_NAME, TRUTH, MeasureRequest
from aucgan.experiments.source import Source
from aucgan.experiments.variants import Budget, budgeted_config
from aucgan.files.array_file import save_arrays
from aucgan.files.atomic import atomic_path, write_json
from aucgan.renderers.drawing import to_uint8

WARM_UP_STEPS, TIMED_STEPS = 2, 7
MEBI, GIGA = 2**20, 1e9
PROCESS_STATUS, PEAK_RESET = Path("/proc/self/status"), Path("/proc/self/clear_refs")
FORGET_PEAK = "5"
"""What Linux wants to read in ``clear_refs``, see proc(5)."""


class Steps:
    """A variant that can take training steps on one and the same batch.

    Args:
        source: Where its settings come from.
        request: The budget and the folder.
    """

    def __init__(self, source: Source, request: MeasureRequest) -> None:
        budget = Budget((), request.max_iters, Path(request.smoke) if request.smoke else None, request.device)
        cfg = budgeted_config(source, budget)
        for key in ("val_dataloader", "val_cfg", "val_evaluator"):
            cfg[key] = None
        self.runner: Runner = build_runner(cfg, Path(request.folder) / "measured")
        self.model = self.runner.bare_model
        parameters = list(self.model.parameters())
        self.total = sum(p.numel() for p in parameters)
        self.learned = sum(p.numel() for p in parameters if p.requires_grad)
        self.model.init_weights()
        for hook in self.runner.hooks:
            if type(hook).__name__ == "ChannelsLastHook":
                hook.before_run(self.runner)
        self.wrapper = self.runner.build_optim_wrapper(self.runner.optim_wrapper)
        loader = cfg.train_dataloader
        self.batch = first_samples(self.runner.build_dataloader(loader).dataset, loader.batch_size)

    @property
    def batch_size(self) -> int:
        """Samples in a step."""
        return len(next(iter(self.batch.values())))

    def step(self) -> float:
        """Take a training step; seconds."""
        self.model.train()
        seed_all(0)
        start = time.perf_counter()
        self.model.train_step(self.batch, optim_wrapper=self.wrapper)
        wait_for(current_device())
        return time.perf_counter() - start

    @torch.no_grad()
    def infer(self) -> None:
        """Reconstruct the batch."""
        self.model.eval()
        self.model(**self.model.data_preprocessor(self.batch, False), mode="tensor")


def first_samples(dataset: Any, count: int) -> dict[str, torch.Tensor]:
    """The first samples of a data set as a batch."""
    return default_collate([dataset[SeededIndex(i, i)] for i in range(min(count, len(dataset)))])


def first_persons(dataset: Any, count: int) -> dict[str, torch.Tensor]:
    """The first photo of each of the first persons of a data set as a batch."""
    if not hasattr(dataset, "identities"):
        return first_samples(dataset, count)
    _, first = np.unique(dataset.identities, return_index=True)
    return default_collate([dataset[SeededIndex(i, i)] for i in sorted(first.tolist())[:count]])


def count_flops(action: Callable[[], object]) -> int:
    """Floating-point operations of all matrix products, convolutions and attention in ``action()``."""
    counter = FlopCount()
    with counter:
        action()
    return counter.total


def measure(request: MeasureRequest) -> None:
    """Measure the costs, draw the faces, write both.

    What has been measured is written at once, so that it stays if a later part fails; the key is written with the
    last part.
    """
    own = Steps(request.source, request)
    _forget_peak()
    for _ in range(WARM_UP_STEPS):
        own.step()
    peak = _peak_memory()
    cost = dict(
        device=device_title(current_device()),
        threads=torch.get_num_threads(),
        learned_parameters=own.learned,
        total_parameters=own.total,
        step_gflop=count_flops(own.step) / own.batch_size / GIGA,
        inference_gflop=count_flops(own.infer) / own.batch_size / GIGA,
        batch_size=own.batch_size,
    )
    cost |= dict(peak_memory_mib=peak / MEBI) if peak is not None else {}
    path = Path(request.folder) / COST_NAME
    write_json(path, cost)
    cost |= _timings(own, own if request.source == request.reference else Steps(request.reference, request))
    write_json(path, cost)
    if request.checkpoint:
        draw_faces(own.runner, request, request.checkpoint)
    write_json(path, cost | dict(key=request.key))


def _forget_peak() -> None:
    """Let the peak of memory start from here: building the networks may need more than training them.

    Where a system does not allow that, the peak since the start counts.
    """
    if current_device().type == "cuda":
        torch.cuda.reset_peak_memory_stats()
    with contextlib.suppress(OSError):
        PEAK_RESET.write_text(FORGET_PEAK, encoding="utf-8")


def _peak_memory() -> int | None:
    """Bytes: of the GPU's tensors, or of this whole process on the CPU; ``None`` where the system does not say.

    Linux hands a parent's peak on to its children in ``ru_maxrss``, so there the process's own is read.
    """
    if current_device().type == "cuda":
        return torch.cuda.max_memory_allocated()
    if current_device().type != "cpu":
        return None
    if PROCESS_STATUS.is_file():
        return own_peak(PROCESS_STATUS.read_text(encoding="utf-8"))
    try:
        import resource
    except ImportError:  # Windows has no such module
        return None
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def own_peak(status: str) -> int:
    """Bytes of ``VmHWM``, the largest resident set, from the text of ``/proc/PID/status``, which gives KiB."""
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("VmHWM:"))


def _timings(own: Steps, reference: Steps) -> dict[str, float]:
    """Median seconds of a step, and the median ratio of steps taken in turn."""
    for _ in range(WARM_UP_STEPS):
        own.step(), reference.step()
    pairs = np.array([(own.step(), reference.step()) for _ in range(TIMED_STEPS)])
    return dict(
        step_seconds=float(np.median(pairs[:, 0])),
        reference_step_seconds=float(np.median(pairs[:, 1])),
        step_ratio=1.0 if own is reference else float(np.median(pairs[:, 0] / pairs[:, 1])),
    )


@torch.no_grad()
def draw_faces(runner: Runner, request: MeasureRequest, checkpoint: str) -> None:
    """Write what the trained variant makes of the first test faces: one array a column of its pictures."""
    model = runner.bare_model
    if not hasattr(model, "picture_rows"):
        return
    runner.load_checkpoint(checkpoint)
    model.eval()
    seed_all(0)
    loader = runner.cfg.test_dataloader
    batch = first_persons(runner.build_dataloader(loader).dataset, request.n_faces)
    batch = model.data_preprocessor(batch, False)
    columns = _columns(model, model.picture_rows(batch))
    if hasattr(model, "apply_detail") and "gt_uv_z" in batch:
        photo = model.look(batch)
        true_rows = model.pictures(photo, model.apply_detail(photo, batch["gt_uv_z"]))
        columns |= {TRUTH + title: column for title, column in _columns(model, true_rows).items()}
    with atomic_path(Path(request.folder) / FACES_NAME) as temporary:
        save_arrays(temporary, columns)


def _columns(model: Any, rows: Sequence[Sequence[torch.Tensor]]) -> dict[str, np.ndarray]:
    titles = model.picture_titles
    return {t: np.stack([to_uint8(cell) for cell in c]) for t, c in zip(titles, zip(*rows, strict=True), strict=True)}


if __name__ == "__main__":
    measure(MeasureRequest.read(Path(sys.argv[1])))
