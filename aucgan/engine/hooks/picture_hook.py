"""Picture grids during training: what the model makes of the same few validation faces."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import torch
from mmengine.dist import is_main_process
from mmengine.hooks import Hook
from torch.utils.data import default_collate

from aucgan.engine.loop.sampler import SeededIndex
from aucgan.engine.loop.seeding import seed_all
from aucgan.files.atomic import atomic_path
from aucgan.registry import HOOKS
from aucgan.renderers.drawing import titled_grid

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@HOOKS.register_module()
class PictureGridHook(Hook):
    """Write ``pictures/N.png`` every ``interval`` iterations, and at the end.

    The model gives the cells: ``model.picture_rows(batch)`` returns one list per face of images ``(3, h, w)`` in
    ``[0, 1]``, and ``model.picture_titles`` names the columns. Models without it get no pictures.

    Args:
        interval: Iterations between grids.
        n_samples: Faces in a grid: the first of the validation split.
    """

    priority = "LOW"

    def __init__(self, interval: int = 500, n_samples: int = 4) -> None:
        self.interval, self.n_samples = interval, n_samples
        self._batch: Any = None

    def after_iteration(self, runner: Runner) -> None:
        """Draw when it is due."""
        last = runner.iter == runner.max_iters
        if is_main_process() and (last or runner.iter % self.interval == 0):
            self.draw(runner)

    @torch.no_grad()
    def draw(self, runner: Runner) -> None:
        """Draw the grid of the current weights."""
        model = runner.bare_model
        if not hasattr(model, "picture_rows"):
            return
        training = model.training
        model.eval()
        seed_all(runner.seed, 3)
        rows = model.picture_rows(model.data_preprocessor(self._fixed_batch(runner), False))
        if training:
            model.train()
        path = os.path.join(runner.work_dir, "pictures", f"{runner.iter}.png")
        with atomic_path(path) as temporary:
            titled_grid(rows, getattr(model, "picture_titles", ())).save(temporary)

    def _fixed_batch(self, runner: Runner) -> Any:
        if self._batch is None:
            loader = runner.val_dataloader if runner.val_loop is not None else runner.train_dataloader
            dataset, collate = loader.dataset, loader.collate_fn or default_collate
            indices = [SeededIndex(i, i) for i in range(min(self.n_samples, len(dataset)))]
            self._batch = collate([dataset[index] for index in indices])
        return self._batch
