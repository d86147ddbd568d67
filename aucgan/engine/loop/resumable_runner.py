"""mmengine's runner with safe, exact checkpoints."""

from __future__ import annotations

import os
from functools import cached_property
from typing import Any

import torch
from mmengine.dist import get_world_size, master_only
from mmengine.optim import OptimWrapper as MMOptimWrapper
from mmengine.runner import Runner as MMRunner
from mmengine.runner.checkpoint import weights_to_cpu

from aucgan import __version__
from aucgan.engine.checkpoints.checkpoint_io import (
    FORMAT_VERSION,
    checkpoint_name,
    history_buffers,
    open_checkpoints,
    read_checkpoint,
    write_checkpoint,
)
from aucgan.engine.device import current_device
from aucgan.engine.loop.same_start import file_identity, require_same, take_weights_of_first
from aucgan.engine.optim.optim_wrapper import named_wrappers
from aucgan.process.errors import CheckpointError


class ResumableRunner(MMRunner):
    """mmengine's runner; what differs:

    - checkpoints are plain data written atomically, and loaded strictly and without the power to run code;
    - resuming takes the latest checkpoint that is whole, and says which ones it passed over.
    """  # noqa: D400, D415

    _origin = "the beginning"

    @property
    def bare_model(self) -> Any:
        """The model; nothing is ever wrapped around it."""
        return self.model

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
