"""A trained model, ready to use."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_config
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete
from aucgan.engine.device import choose_device
from aucgan.files.weights import load_weights
from aucgan.models.component import for_inference, training_parts, weights_later
from aucgan.registry import MODELS


def load_model(config: str | Path, checkpoint: str | Path, device: str | torch.device = "cpu") -> nn.Module:
    """Build the model of a config, load its weights, and put it into evaluation mode.

    What only a training needs is not built, see :func:`~aucgan.models.component.for_inference`: losses, discriminator.

    Args:
        config: The config file that the checkpoint was trained with.
        checkpoint: ``final.pth`` or any checkpoint of that training.
        device: Where the model goes; ``auto``: to the GPU where CUDA finds one, else the CPU.

    Raises:
        FileNotFoundError: A file does not exist; all licensed files that are missing come in one message.
        ValueError: The checkpoint does not fit the config; the message lists the keys. Or the device cannot be used.
    """
    device = choose_device(device)
    cfg = complete(load_config(Path(config)))
    check_config(cfg)
    left_out = training_parts(cfg.model)
    cfg.model = for_inference(cfg.model)
    check_required_assets([cfg], weights=False)
    with weights_later():
        model = MODELS.build(cfg.model)
    load_weights(model, checkpoint, left_out=left_out)
    return model.to(device).eval()
