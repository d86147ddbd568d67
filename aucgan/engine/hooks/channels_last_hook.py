"""Convolution weights in the memory order that CPUs and tensor cores prefer."""

from __future__ import annotations

import torch
from mmengine.hooks import Hook

from aucgan.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Store the convolution weights of the model channels-last; the numbers stay the same.

    A convolution with such weights also gives its output in that order, so that the images need no conversion.
    """

    def before_run(self, runner) -> None:
        """Convert."""
        runner.bare_model.to(memory_format=torch.channels_last)
