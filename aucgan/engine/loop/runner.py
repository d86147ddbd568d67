"""mmengine's runner with safe, exact resuming, a quiet start and a clean end."""

from __future__ import annotations

import itertools
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mmengine.logging import MMLogger
from mmengine.optim import OptimWrapper as MMOptimWrapper
from mmengine.optim import OptimWrapperDict
from mmengine.runner import BaseLoop
from torch import nn

from aucgan.building.nearest import nearest
from aucgan.datasets.face_folder import FeatureReader
from aucgan.engine.device import AUTO, current_device, use_device
from aucgan.engine.hooks.compile_hook import check_compilable
from aucgan.engine.loop.loader_process import end_persistent_processes
from aucgan.engine.loop.resumable_runner import ResumableRunner
from aucgan.engine.loop.seeding import seed_all
from aucgan.engine.loop.threads import limit_threads
from aucgan.engine.optim.learning_rate import scale_learning_rates
from aucgan.engine.optim.optim_wrapper import GradientCare, named_wrappers
from aucgan.models.component import weights_later
from aucgan.process.errors import CheckpointError, ConfigError

_count = itertools.count()


class Runner(ResumableRunner):
    """mmengine's runner with safe, exact checkpoints; what else differs:

    - with several optimizers, only some need a scheduler;
    - a test starts from fixed random states;
    - however a training or a test ends, the hooks' ``give_back(runner)`` is called: signal handlers, the terminal;
    - the environment, the config and the list of hooks go to the log file alone.
    """  # noqa: D400, D415

    def setup_env(self, env_cfg: dict) -> None:
        """Set up as mmengine does; runs made within one second in one process still get their own names.

        The model goes to the config's ``device``; PyTorch gets no more threads than this process has processors.
        """
        use_device(self.cfg.get("device") or AUTO)
        super().setup_env(env_cfg)
        limit_threads()
        number = next(_count)
        self._timestamp += f"_{number}" if number else ""

    def build_logger(self, *args: Any, **kwargs: Any) -> MMLogger:
        """Build the logger; the terminal hears only warnings until the runner is built."""
        logger = super().build_logger(*args, **kwargs)
        self._terminal = [h for h in logger.handlers if not isinstance(h, logging.FileHandler)]
        self._terminal_levels = [handler.level for handler in self._terminal]
        for handler in self._terminal:
            handler.setLevel(logging.WARNING)
        return logger

    def dump_config(self) -> None:
        """Write the config into the work folder, and let the terminal hear everything from here on."""
        super().dump_config()
        for handler, level in zip(self._terminal, self._terminal_levels, strict=True):
            handler.setLevel(level)

    def build_model(self, model: Any) -> nn.Module:
        """Build the model; it is given its weights before training, or by a checkpoint."""
        with weights_later():
            return super().build_model(model)

    def wrap_model(self, model_wrapper_cfg: dict | None, model: nn.Module) -> nn.Module:
        """Move the model to the device. It needs no wrapper: the optimizers average the gradients.

        Raises:
            ConfigError: The config asks for a wrapper, or for synchronised batch norm without a GPU.
        """
        if model_wrapper_cfg is not None:
            raise ConfigError("model_wrapper_cfg has no use: the optimizer wrappers average the gradients themselves")
        if not self.distributed:
            return super().wrap_model(None, model)
        if self.cfg.get("sync_bn"):
            if current_device().type != "cuda":
                raise ConfigError("sync_bn needs a CUDA GPU: PyTorch has no synchronised batch norm elsewhere")
            model = nn.SyncBatchNorm.convert_sync_batchnorm(model)
        return model.to(current_device())

    def build_optim_wrapper(self, optim_wrapper: Any) -> MMOptimWrapper:
        """Build the optimizers as mmengine does.

        Raises:
            ConfigError: One of them would not average its gradients over the processes.
        """
        built = super().build_optim_wrapper(optim_wrapper)
        for wrapper in named_wrappers(built).values():
            if self.distributed and not isinstance(wrapper, GradientCare):
                raise ConfigError(f"{type(wrapper).__name__} does not average gradients over processes")
        return built

    def scale_lr(self, optim_wrapper: MMOptimWrapper, auto_scale_lr: dict | None = None) -> None:
        """Scale the learning rates to the batch size, see :func:`scale_learning_rates`."""
        if auto_scale_lr:
            batch = self.train_dataloader.batch_size * self.world_size
            for line in scale_learning_rates(named_wrappers(optim_wrapper), auto_scale_lr, batch):
                self.logger.info(line)

    def build_with_features(self, split: str, features: FeatureReader) -> None:
        """Build the data set of a split, and its loader, with features that are right for the weights.

        They are known once the weights are loaded, which is after mmengine builds the data. Nothing may have been drawn
        from the split yet.

        Args:
            split: ``train``, ``val`` or ``test``.
            features: What the data set takes as ``features``.
        """
        settings = getattr(self, f"_{split}_dataloader")
        settings = dict(settings, dataset=dict(settings["dataset"], features=features))
        by_rank = self._randomness_cfg.get("diff_rank_seed", False)
        loop = getattr(self, f"{split}_loop")
        loop.dataloader = self.build_dataloader(settings, seed=self.seed, diff_rank_seed=by_rank)

    def build_param_scheduler(self, scheduler: Any) -> Any:
        """Build schedulers; with one optimizer a group, groups that are not named keep their learning rate.

        Raises:
            ConfigError: A scheduler is for a group that does not exist.
        """
        groups = self.optim_wrapper
        if isinstance(groups, OptimWrapperDict) and isinstance(scheduler, dict) and "type" not in scheduler:
            for name in set(scheduler) - set(groups.keys()):
                raise ConfigError(f"param_scheduler.{name}: there is no such optimizer{nearest(name, groups.keys())}")
            scheduler = {name: scheduler.get(name) or [] for name in groups.keys()}
        return super().build_param_scheduler(scheduler)

    @property
    def test_dataloader_is_given(self) -> bool:
        """Whether the config has a test split."""
        return self._test_loop is not None

    def _init_model_weights(self) -> None:
        """Initialise; pretrained weights that are missing or do not fit are the user's to mend.

        Unlike mmengine's, this sends nothing: :meth:`load_or_resume`, which follows, makes the processes alike.
        """
        try:
            self.bare_model.init_weights()
        except (ValueError, FileNotFoundError) as error:
            raise CheckpointError(str(error)) from error

    def _maybe_compile(self, target: str) -> None:
        """Compile the whole step where the config says ``compile``.

        Raises:
            ConfigError: The step has something in it that the compiler cannot do.
        """
        settings = self.cfg.get("compile")
        if settings:
            repeats = getattr(self.optim_wrapper, "needs_closure", False)
            check_compilable("compile", self.bare_model, [""], settings if isinstance(settings, dict) else {}, repeats)
        super()._maybe_compile(target)

    def train(self) -> nn.Module:
        """Train, and end the processes that read the data, however the training ends."""
        with self._leaving_nothing():
            return super().train()

    def test(self) -> dict:
        """Run the test split, from fixed random states so that it gives the same after training and alone."""
        seed_all(self.seed, 2)
        with self._leaving_nothing():
            return super().test()

    @contextmanager
    def _leaving_nothing(self) -> Iterator[None]:
        """However the block ends, no process that reads data stays, and the hooks give back what they took."""
        try:
            yield
        finally:
            try:
                self._end_loader_processes()
            finally:
                self.call_hook("give_back")

    def _end_loader_processes(self) -> None:
        for loop in (self._train_loop, self._val_loop, self._test_loop):
            if isinstance(loop, BaseLoop):
                end_persistent_processes(loop.dataloader)
