"""A trained model, ready to use."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import nn

from aucgan.assets.weights import load_weights
from aucgan.engine.asset_check import check_required_assets
from aucgan.engine.config_check import check_config
from aucgan.engine.config_file import load_config
from aucgan.engine.defaults import complete
from aucgan.models.component import weights_later
from aucgan.registry import MODELS


def usable_device(name: str | torch.device) -> torch.device:
    """The device of that name.

    Raises:
        ValueError: There is no such device, or it cannot be used here.
    """
    try:
        return torch.zeros(1, device=name).device
    except (RuntimeError, AssertionError) as error:  # the latter from a torch without CUDA
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise ValueError(f"the device '{name}' cannot be used here ({reason}); 'cpu' always can") from error


def load_model(config: str | Path, checkpoint: str | Path, device: str | torch.device = "cpu") -> nn.Module:
    """Build the model of a config, load its weights, and put it into evaluation mode.

    Args:
        config: The config file that the checkpoint was trained with.
        checkpoint: ``final.pth`` or any checkpoint of that training.
        device: Where the model goes.

    Raises:
        FileNotFoundError: A file does not exist; all licensed files that are missing come in one message.
        ValueError: The checkpoint does not fit the config; the message lists the keys. Or the device cannot be used.
    """
    device = usable_device(device)
    cfg = complete(load_config(Path(config)))
    check_config(cfg)
    check_required_assets([cfg], weights=False)
    with weights_later():
        model = MODELS.build(cfg.model)
    load_weights(model, checkpoint)
    return model.to(device).eval()
