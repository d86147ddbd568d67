"""Storing what the frozen networks of a detail config say of its photos, once."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import torch
from mmengine.config import Config
from torch import nn

from aucgan.engine.config.asset_check import check_required_assets
from aucgan.engine.config.config_check import check_paths
from aucgan.engine.config.reading import read_config
from aucgan.engine.device import AUTO, use_device
from aucgan.engine.features.feature_pass import FeaturePass
from aucgan.engine.hooks.progress_hook import make_progress
from aucgan.engine.plan.plan import make_plan
from aucgan.files.weights import load_weights
from aucgan.models.component import for_inference, weights_later
from aucgan.process.errors import CheckpointError, ConfigError
from aucgan.registry import DATASETS, MODELS

SPLITS = ("train", "val", "test")


@dataclass(frozen=True)
class PrecomputeRequest:
    """What the user asked for.

    Attributes:
        config: The config file of a detail training.
        cfg_options: ``key=value`` changes of the config.
        smoke: Folder of a tiny run of everything, or ``None``.
        half: Store the AU features in float16.
        batch_size: Photos that go through the networks at once.
        num_workers: Processes that read photos.
        device: Where the networks run, see :func:`aucgan.engine.device.choose_device`.
    """

    config: Path
    cfg_options: tuple[str, ...] = ()
    smoke: Path | None = None
    half: bool = False
    batch_size: int = 32
    num_workers: int = 1
    device: str = AUTO


def precompute(request: PrecomputeRequest) -> None:
    """Store the outputs of the frozen networks for every split of a config whose pipeline allows it.

    Features that are there and hold are kept, so that an interrupted run continues.

    Raises:
        UserError: Anything that the user can mend, in one line.
        MissingAssetsError: Licensed files are missing.
    """
    device = use_device(request.device)
    cfg = _read_config(request)
    model = _build_model(cfg, request.config).to(device)
    with make_progress() as progress:
        coarse = cfg.default_hooks.features.get("coarse", "regressed")
        sizes = (request.batch_size, request.num_workers, request.half)
        work = FeaturePass(model, cfg.model, progress, *sizes, coarse)
        for split in SPLITS:
            if cfg.get(f"{split}_dataloader"):
                work.run(split, DATASETS.build(_photos_alone(cfg[f"{split}_dataloader"].dataset)))


def _read_config(request: PrecomputeRequest) -> Config:
    read = partial(read_config, smoke=request.smoke)
    cfg = read(request.config, request.cfg_options)
    missing = make_plan(cfg, read, request.config.stem).missing().steps
    if missing:
        steps = "; ".join(step.describe() for step in missing)
        raise ConfigError(f"missing: {steps}; python tools/train.py {request.config} makes what it needs first")
    check_required_assets([cfg])
    check_paths(cfg)
    return cfg


def _build_model(cfg: Config, path: Path) -> nn.Module:
    """The model with the weights of its frozen networks; without losses, some of which need files of their own."""
    names = getattr(MODELS.get(cfg.model.type), "photo_networks", ())
    if not names:
        raise ConfigError(f"{path} trains a {cfg.model.type}, which has no frozen networks: take a detail config")
    try:
        with weights_later():
            model = MODELS.build(for_inference(cfg.model))
        for name in names:
            if getattr(model, name) is not None:
                _give_weights(name, getattr(model, name), cfg)
    except (ValueError, FileNotFoundError) as error:
        raise CheckpointError(str(error)) from error
    return model.eval().to(memory_format=torch.channels_last)


def _give_weights(name: str, network: Any, cfg: Config) -> None:
    if cfg.get("load_from"):
        load_weights(network, cfg.load_from, prefix=name)
    elif cfg.model[name].get("init_cfg"):
        network.init_weights()
    else:
        raise ConfigError(f"model.{name} names no weights: give it an init_cfg, or the config a load_from")


def _photos_alone(dataset: Any) -> dict:
    """A data set's settings without the truth, which would be read in vain."""
    return {**dataset, "truth": (), "cache": False} if dataset.type == "FaceFolder" else dataset
