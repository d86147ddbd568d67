"""mmengine's runner with safe, exact resuming and a quiet start."""

from __future__ import annotations

import itertools
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cached_property
from typing import Any

import torch
from mmengine.dist import get_world_size, master_only
from mmengine.logging import MMLogger
from mmengine.optim import OptimWrapper as MMOptimWrapper
from mmengine.optim import OptimWrapperDict
from mmengine.runner import BaseLoop
from mmengine.runner import Runner as MMRunner
from mmengine.runner.checkpoint import weights_to_cpu
from torch import nn

from aucgan import __version__
from aucgan.building.nearest import nearest
from aucgan.datasets.face_folder import FeatureReader
from aucgan.engine.checkpoints.checkpoint_io import (
    FORMAT_VERSION,
    checkpoint_name,
    history_buffers,
    open_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from aucgan.engine.device import AUTO, current_device, use_device
from aucgan.engine.hooks.compile_hook import check_compilable
from aucgan.engine.loop.loader_process import end_persistent_processes
from aucgan.engine.loop.same_start import file_identity, require_same, take_weights_of_first
from aucgan.engine.loop.seeding import seed_all
from aucgan.engine.loop.threads import limit_threads
from aucgan.engine.optim.learning_rate import scale_learning_rates
from aucgan.engine.optim.optim_wrapper import GradientCare, named_wrappers
from aucgan.models.component import weights_later
from aucgan.process.errors import CheckpointError, ConfigError

_count = itertools.count()


class Runner(MMRunner):
    """mmengine's runner; what differs:

    - checkpoints are plain data written atomically, and loaded strictly and without the power to run code;
    - resuming takes the latest checkpoint that is whole, and says which ones it passed over;
    - with several optimizers, only some need a scheduler;
    - a test starts from fixed random states;
    - however a training or a test ends, the hooks' ``give_back(runner)`` is called: signal handlers, the terminal;
    - the environment, the config and the list of hooks go to the log file alone.
    """  # noqa: D400, D415

    _origin = "the beginning"

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
    def bare_model(self) -> Any:
        """The model; nothing is ever wrapped around it."""
        return self.model

    @property
    def test_dataloader_is_given(self) -> bool:
        """Whether the config has a test split."""
        return self._test_loop is not None

    @property
    def at_border(self) -> bool:
        """Whether no optimizer is in the middle of accumulating gradients, which no checkpoint holds."""
        return all(wrapper.at_border for wrapper in named_wrappers(self.optim_wrapper).values())

    def write_resume_point(self) -> str:
        """Write everything needed to continue after the current iteration; return the path.

        All processes have to call it; the first one writes.
        """
        self.call_hook("before_resume_point")
        path = os.path.join(self.work_dir, checkpoint_name(self.iter))
        self._write_everything(path)
        return path

    @cached_property
    def _config_text(self) -> str:
        """The config as Python source; formatting it takes longer than writing a small checkpoint."""
        return self.cfg.pretty_text

    @property
    def _made_by(self) -> dict[str, Any]:
        """What every checkpoint says of how it was made."""
        return {"cfg": self._config_text, "aucgan_version": __version__, "format_version": FORMAT_VERSION}

    @master_only
    def _write_everything(self, path: str) -> None:
        content = {
            "meta": {
                "iter": self.iter,
                "epoch": self.epoch,
                "seed": self.seed,
                "threads": torch.get_num_threads(),
                **self._made_by,
            },
            "state_dict": weights_to_cpu(self.bare_model.state_dict()),
            "message_hub": self.message_hub.state_dict(),
            "optimizer": self._optimizer_state(),
            "param_schedulers": self._scheduler_state(),
        }
        self.call_hook("before_save_checkpoint", checkpoint=content)
        write_checkpoint(path, content)

    @master_only
    def write_weights(self, path: str) -> None:
        """Write the weights alone; hooks may exchange them (for averaged ones, for instance)."""
        content = {
            "meta": {"iter": self.iter, **self._made_by},
            "state_dict": weights_to_cpu(self.bare_model.state_dict()),
        }
        self.call_hook("before_save_weights", checkpoint=content)
        write_checkpoint(path, content)

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

    def load_or_resume(self) -> None:
        """Load ``load_from``, or continue from the latest whole checkpoint in the work folder, all processes alike.

        Raises:
            CheckpointError: There are checkpoints, and none can be read.
            ConfigError: The processes of a distributed run would start from different checkpoints or kinds of model.
        """
        self._load_or_resume()
        require_same("the start of the run", self._origin)
        different = take_weights_of_first(self.bare_model)
        if different:
            shown = ", ".join(different[:3]) + (", …" if len(different) > 3 else "")
            self.logger.warning(
                f"{len(different)} tensors of the model differ between the processes ({shown}): all take the first's"
            )

    def _load_or_resume(self) -> None:
        if self._has_loaded or not self._resume or self._load_from is not None:
            super().load_or_resume()
            return
        passed_over = []
        for path, problem in open_checkpoints(self.work_dir):
            if problem is None:
                self.resume(str(path))
                return
            passed_over.append(path)
            self.logger.warning(f"{problem}; falling back to the checkpoint before it")
        if passed_over:
            raise CheckpointError(f"none of the checkpoints in {self.work_dir} can be read; train without --resume")
        self.logger.info(f"nothing to resume in {self.work_dir}: starting at iteration 0")

    def load_checkpoint(
        self, filename: str, map_location: Any = "cpu", strict: bool = True, revise_keys: Any = ()
    ) -> dict:
        """Load weights; every key and shape must match.

        Args:
            filename: The checkpoint.
            map_location: As in :func:`torch.load`.
            strict: Whether keys may be missing or left over.
            revise_keys: mmengine's; keys stay as they are.

        Raises:
            CheckpointError: The file cannot be read or does not fit the model.
        """
        checkpoint = read_checkpoint(filename, map_location, for_resume=self._resume)
        self.call_hook("after_load_checkpoint", checkpoint=checkpoint)
        try:
            self.bare_model.load_state_dict(checkpoint.get("state_dict", checkpoint), strict=strict)
        except RuntimeError as error:
            raise CheckpointError(_misfit(filename, type(self.bare_model).__name__, str(error))) from error
        self._has_loaded = True
        if self._resume:
            self._origin = file_identity(filename) if get_world_size() > 1 else filename
            self._keep_threads(checkpoint["meta"].get("threads"))
        if "message_hub" in checkpoint and self._train_loop is not None:
            hub = checkpoint["message_hub"]
            hub["log_scalars"] = history_buffers(hub["log_scalars"])
            # mmengine compares this; ours is not stored, as the config already names the data
            checkpoint["meta"]["dataset_meta"] = getattr(self.train_dataloader.dataset, "metainfo", None)
        self.logger.info(f"loaded {filename}")
        return checkpoint

    def _keep_threads(self, threads: int | None) -> None:
        """On the CPU, continue with as many threads as before: sums are split among them, and so rounded."""
        now = torch.get_num_threads()
        if threads in (None, now) or current_device().type != "cpu":
            return
        if "OMP_NUM_THREADS" in os.environ:
            self.logger.warning(
                f"the checkpoint was written with {threads} threads, and OMP_NUM_THREADS asks for {now}: the run goes "
                "on, but its last bits will differ from an uninterrupted one"
            )
            return
        torch.set_num_threads(threads)
        self.logger.info(f"continuing with {threads} threads, as before; set OMP_NUM_THREADS for another number")

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

    def _optimizer_state(self) -> dict:
        if not isinstance(self.optim_wrapper, MMOptimWrapper):
            raise CheckpointError("there is no optimizer yet: checkpoints are written during training only")
        return self.optim_wrapper.state_dict()

    def _scheduler_state(self) -> Any:
        schedulers: Any = self.param_schedulers
        if isinstance(schedulers, dict):
            return {name: [scheduler_state(s) for s in group] for name, group in schedulers.items()}
        return [scheduler_state(s) for s in schedulers or []]


def scheduler_state(scheduler: Any) -> dict:
    """What a scheduler has to remember; its functions (the shape of ``OneCycleLR``) it has from its settings."""
    return {key: value for key, value in scheduler.state_dict().items() if not callable(value)}


def _misfit(filename: str, model: str, message: str) -> str:
    """One line out of PyTorch's list of missing, unexpected and misshapen keys."""
    details = [line.strip() for line in message.splitlines()[1:] if line.strip()]
    shown = " ".join(details)[:300]
    return f"{filename} does not fit {model}: {shown}; was it trained with another config?"
