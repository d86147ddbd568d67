"""Convolution weights in the memory order that CPUs and tensor cores prefer."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from mmengine.hooks import Hook

from aucgan.engine.errors import ConfigError
from aucgan.registry import HOOKS


@HOOKS.register_module()
class ChannelsLastHook(Hook):
    """Store the convolution weights of some submodules channels-last; the numbers stay the same.

    A convolution with such weights also gives its output in that order, so that the images need no conversion.

    Args:
        parts: Attributes of the model.

    Raises:
        ConfigError: The model lacks one of them.
    """

    def __init__(self, parts: Sequence[str]) -> None:
        self.parts = tuple(parts)

    def before_run(self, runner) -> None:
        """Convert."""
        for part in self.parts:
            module = getattr(runner.bare_model, part, None)
            if module is None:
                raise ConfigError(f"channels_last.parts names '{part}', which {type(runner.bare_model).__name__} lacks")
            module.to(memory_format=torch.channels_last)
