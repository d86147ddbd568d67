"""One set of batch statistics for all processes of a training."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from mmengine.dist import all_reduce, get_world_size
from mmengine.hooks import Hook
from torch import Tensor, nn
from torch.nn.modules.batchnorm import _BatchNorm

from aucgan.frozen.frozen_layers import running_statistics
from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@HOOKS.register_module()
class BatchStatisticsHook(Hook):
    """Average the running statistics of batch norm over processes, before each validation and each checkpoint.

    Each process has seen its own part of the data; without this, each would validate another model. Layers that share
    the statistics of each batch (``sync_bn = True`` in the config) keep them.
    """

    priority = "VERY_LOW"  # after an exchange of the weights for averaged ones

    def before_val_epoch(self, runner: Runner) -> None:
        """Validate one and the same model everywhere."""
        average_statistics(runner.model)

    def before_resume_point(self, runner: Runner) -> None:
        """A checkpoint holds what all processes have seen."""
        average_statistics(runner.model)


def average_statistics(model: nn.Module) -> None:
    """Average the running means and variances of the layers in training mode over all processes."""
    if get_world_size() == 1:
        return
    for _, statistic in statistics_in_training(model):
        all_reduce(statistic, op="mean")


def statistics_in_training(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    """Running means and variances of the layers in training mode, with their names in the state dict."""
    for name, layer in model.named_modules():
        if isinstance(layer, _BatchNorm) and layer.training and layer.track_running_stats:
            for key, statistic in zip(("running_mean", "running_var"), running_statistics(layer), strict=True):
                yield f"{name}.{key}" if name else key, statistic
