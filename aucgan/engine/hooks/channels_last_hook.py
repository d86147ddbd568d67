"""Convolution weights in the memory order that CPUs and tensor cores prefer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch
from mmengine.hooks import Hook

from aucgan.registry import HOOKS

if TYPE_CHECKING:
    from aucgan.engine.loop.runner import Runner


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Store the convolution weights of the model channels-last; the numbers stay the same.

    A convolution with such weights also gives its output in that order, so that the images need no conversion.
    """

    def before_run(self, runner: Runner) -> None:
        """Convert."""
        runner.bare_model.to(memory_format=torch.channels_last)
