"""A trained model, ready to use."""

from __future__ import annotations

from copy import deepcopy
from pathlib import Path

import torch
from mmengine.config import Config
from torch import nn

from aucgan.engine.checkpoints.carried_config import carried_config
from aucgan.engine.checkpoints.checkpoint_hook import FINAL_NAME
from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_config
from aucgan.engine.config.config_file import load_config
from aucgan.engine.config.defaults import complete
from aucgan.engine.device import AUTO, choose_device
from aucgan.files.weights import load_weights
from aucgan.models.component import for_inference, training_parts, weights_later
from aucgan.registry import MODELS


def load_model(
    config: str | Path | Config | None = None,
    checkpoint: str | Path | None = None,
    device: str | torch.device | None = None,
) -> nn.Module:
    """Build the model of a config, load its weights, and put it into evaluation mode.

    What only a training needs is not built, see :func:`~aucgan.models.component.for_inference`: losses, discriminator.

    Args:
        config: The config that the checkpoint was trained with: its file, the name of one of the library, or what
            :func:`aucgan.load_config` read from it. Default: the one that the checkpoint carries.
        checkpoint: ``final.pth`` or any checkpoint of that training; default the one that the training leaves when it
            is started in the current folder, ``work_dirs/CONFIG/final.pth``.
        device: Where the model goes; default ``auto``: to the GPU where CUDA finds one, else the CPU.

    Raises:
        ConfigError: There is no such config, or it is wrong.
        CheckpointError: The checkpoint carries no config, and none is named.
        FileNotFoundError: A file does not exist; all licensed files that are missing come in one message.
        ValueError: The checkpoint does not fit the config; the message lists the keys. Or the device cannot be used.
    """
    device = choose_device(AUTO if device is None else device)
    cfg = complete(model_config(config, checkpoint))
    check_config(cfg)
    left_out = training_parts(cfg.model)
    cfg.model = for_inference(cfg.model)
    check_required_assets([cfg], weights=False)
    checkpoint = _trained(cfg) if checkpoint is None else checkpoint
    with weights_later():
        model = MODELS.build(cfg.model)
    load_weights(model, checkpoint, left_out=left_out)
    return model.to(device).eval()


def model_config(config: str | Path | Config | None, checkpoint: str | Path | None) -> Config:
    """The config of a model, as :func:`load_model` takes it; a copy of one that is given as such.

    Raises:
        ConfigError: There is no such config, or the checkpoint carries a wrong one.
        CheckpointError: The checkpoint carries none.
        ValueError: Neither is named.
    """
    if config is not None:
        return deepcopy(config) if isinstance(config, Config) else load_config(config)
    if checkpoint is None:
        raise ValueError("name a config, or a checkpoint that carries one")
    return carried_config(checkpoint)


def _trained(cfg: Config) -> Path:
    """What the training of a config leaves."""
    if not cfg.filename:
        raise ValueError("the config was not read from a file: name a checkpoint")
    stem = Path(cfg.filename).stem
    path = Path("work_dirs", stem, FINAL_NAME)
    if not path.is_file():
        raise FileNotFoundError(f"no checkpoint at {path}: name another, or train it first: aucgan train {stem}")
    return path
