"""The training loop whose every iteration is a function of the seed, the iteration and the weights."""

from __future__ import annotations

from mmengine.dist import get_rank
from mmengine.runner import BaseLoop, Runner
from torch.utils.data import DataLoader

from aucgan.engine.errors import ConfigError
from aucgan.engine.loop.loader_process import end_loader_processes
from aucgan.engine.loop.sampler import ResumableSampler
from aucgan.engine.loop.seeding import seed_all
from aucgan.engine.optim.optim_wrapper import named_wrappers
from aucgan.registry import LOOPS


@LOOPS.register_module()
class ExactTrainLoop(BaseLoop):
    """Iteration-based training that continues bit for bit after an interruption.

    Before each iteration all random generators are seeded from (seed, iteration, rank), and the sampler starts at
    the iteration's position: so a checkpoint needs neither generator states nor a fast-forward of the loader.

    After each iteration, validation included, the hooks' ``after_iteration(runner)`` is called: the place to write
    checkpoints, as all that the iteration changes has changed by then.

    Args:
        runner: The runner.
        dataloader: The loader or its config; its sampler must be a :class:`ResumableSampler`.
        max_iters: Iterations in all.
        val_begin: First iteration at which validation may run.
        val_interval: Iterations between validations; the last iteration is always validated.

    Raises:
        ConfigError: The loader has another sampler.
    """

    def __init__(
        self,
        runner: Runner,
        dataloader: DataLoader | dict,
        max_iters: int,
        val_begin: int = 1,
        val_interval: int = 1000,
    ) -> None:
        super().__init__(runner, dataloader)
        if not isinstance(self.dataloader.sampler, ResumableSampler):
            raise ConfigError(
                f"train_dataloader.sampler is {type(self.dataloader.sampler).__name__}; training that can resume "
                "exactly needs dict(type='ResumableSampler')"
            )
        self.max_iters, self.max_epochs = max_iters, 1
        self.val_begin, self.val_interval = val_begin, val_interval
        self.stop_training = False
        self._iter = self._epoch = 0

    @property
    def iter(self) -> int:
        """Iterations done."""
        return self._iter

    @property
    def epoch(self) -> int:
        """Always 0: the whole training counts as one epoch."""
        return self._epoch

    def run(self):
        """Train from the current iteration to the last, and return the model."""
        runner = self.runner
        runner.call_hook("before_train")
        runner.call_hook("before_train_epoch")
        for wrapper in named_wrappers(runner.optim_wrapper).values():
            wrapper.initialize_count_status(runner.bare_model, self._iter, self.max_iters)
        self.dataloader.sampler.start_at(self._iter * self.dataloader.batch_size)
        batches = iter(self.dataloader) if self._iter < self.max_iters else None
        runner.model.train()
        try:
            while self._iter < self.max_iters and not self.stop_training:
                self._run_iteration(next(batches))
                if self._validation_is_due():
                    runner.val_loop.run()
                    runner.model.train()
                runner.call_hook("after_iteration")
        finally:
            end_loader_processes(batches)
        runner.call_hook("after_train_epoch")
        runner.call_hook("after_train")
        return runner.model

    def _run_iteration(self, batch) -> None:
        runner = self.runner
        seed_all(runner.seed, self._iter, get_rank())
        runner.call_hook("before_train_iter", batch_idx=self._iter, data_batch=batch)
        outputs = runner.model.train_step(batch, optim_wrapper=runner.optim_wrapper)
        runner.call_hook("after_train_iter", batch_idx=self._iter, data_batch=batch, outputs=outputs)
        self._iter += 1

    def _validation_is_due(self) -> bool:
        if self.runner.val_loop is None or self._iter < self.val_begin:
            return False
        return self._iter % self.val_interval == 0 or self._iter == self.max_iters
