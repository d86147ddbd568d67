"""What a config need not say: the engine's loop, sampler and hooks, and the options of the command line."""

from __future__ import annotations

import sys

import torch
from mmengine.config import Config
from torch import distributed

from aucgan.engine.device import AUTO, choose_device
from aucgan.engine.loop.loader_process import quiet_loader_process
from aucgan.engine.optim.amp_wrapper import computes_in_bf16
from aucgan.engine.plan.optional_metrics import add_optional_metrics
from aucgan.process.errors import ConfigError
from aucgan.process.processors import usable_processors

DEFAULT_LOG_INTERVAL = 10


def complete(cfg: Config) -> Config:
    """Fill in the engine's defaults where the config is silent.

    Args:
        cfg: A config; changed in place.

    Returns:
        The same config.
    """
    cfg.setdefault("default_scope", "aucgan")
    cfg.setdefault("randomness", dict(seed=0))
    cfg.setdefault("log_processor", dict(by_epoch=False))
    cfg.log_processor.setdefault("type", "TimeShareLogProcessor")
    cfg.setdefault("env_cfg", dict())
    cfg.env_cfg.setdefault("mp_cfg", dict(mp_start_method=start_method()))
    cfg.device = str(choose_device(cfg.get("device") or AUTO))
    cfg.env_cfg.setdefault("dist_cfg", dict(backend=backend(torch.device(cfg.device))))
    _complete_loaders(cfg)
    _complete_hooks(cfg)
    add_optional_metrics(cfg)
    return cfg


def start_method() -> str:
    """How loader processes start: forked on Linux; macOS's own libraries break in a process that was forked."""
    return "fork" if sys.platform == "linux" else "spawn"


def backend(device: torch.device) -> str:
    """How processes talk to each other; NCCL is for CUDA, and there is none for Windows."""
    return "nccl" if device.type == "cuda" and distributed.is_nccl_available() else "gloo"


def use_amp(cfg: Config) -> None:
    """Let every optimizer of the config train in mixed precision: bfloat16, or float16 on a CUDA GPU without it.

    Args:
        cfg: A complete config; changed in place.

    Raises:
        ConfigError: An optimizer wrapper is of a kind that has no mixed precision.
    """
    if torch.device(cfg.device).type == "cuda" and not computes_in_bf16("cuda"):
        amp = dict(type="AmpOptimWrapper", dtype="float16")
    else:
        amp = dict(type="Bf16OptimWrapper")
    wrapper = cfg.optim_wrapper
    groups = [wrapper] if "optimizer" in wrapper else [g for g in wrapper.values() if isinstance(g, dict)]
    for group in groups:
        if group.get("type", "OptimWrapper") not in ("OptimWrapper", "Bf16OptimWrapper"):
            raise ConfigError(f"--amp works with OptimWrapper only, and the config has {group['type']}")
        group.pop("only_if_native", None)
        group.update(amp)


def _complete_loaders(cfg: Config) -> None:
    if cfg.get("train_cfg"):
        cfg.train_cfg.setdefault("type", "ExactTrainLoop")
        cfg.train_dataloader.setdefault("sampler", dict(type="ResumableSampler"))
    for split in ("val", "test"):
        if cfg.get(f"{split}_dataloader"):
            cfg[f"{split}_dataloader"].setdefault("sampler", dict(type="DefaultSampler", shuffle=False))
            if cfg.get(f"{split}_cfg") is None:
                cfg[f"{split}_cfg"] = dict()
    for split in ("train", "val", "test"):
        if cfg.get(f"{split}_dataloader"):
            _complete_loader(cfg[f"{split}_dataloader"], torch.device(cfg.device))


def _complete_loader(loader: dict, device: torch.device) -> None:
    """Page-locked batches where they are copied to a CUDA GPU; no more processes than processors.

    Without processes, none of their settings.
    """
    loader.setdefault("collate_fn", dict(type="default_collate"))
    loader.setdefault("worker_init_fn", dict(type=quiet_loader_process.__name__))
    loader.setdefault("pin_memory", device.type == "cuda")
    loader["num_workers"] = min(loader.get("num_workers", 0), usable_processors())
    if not loader["num_workers"]:
        loader.pop("prefetch_factor", None)
        loader.pop("persistent_workers", None)


def _complete_hooks(cfg: Config) -> None:
    cfg.setdefault("default_hooks", dict())
    hooks = cfg.default_hooks  # as mmengine keeps it
    hooks.setdefault("logger", dict(type="LoggerHook", interval=DEFAULT_LOG_INTERVAL, log_metric_by_epoch=False))
    interval = (hooks.logger or {}).get("interval", DEFAULT_LOG_INTERVAL)
    if hooks.logger:
        hooks.logger.setdefault("interval_exp_name", 10**9)
    hooks.setdefault("runtime_info", dict(type="DeferredScalarsHook", interval=interval))
    hooks.setdefault("checkpoint", dict(type="AtomicCheckpointHook"))
    hooks.setdefault("non_finite", dict(type="NonFiniteHook"))
    hooks.setdefault("features", dict(type="FrozenFeaturesHook"))
    hooks.setdefault("batch_statistics", dict(type="BatchStatisticsHook"))
    hooks.setdefault("progress", dict(type="ProgressHook"))
    hooks.setdefault("pictures", dict(type="PictureGridHook"))
    hooks.setdefault("sample_values", dict(type="SampleValuesHook"))
    # the sampler has the run's seed from the start, so nothing is left to set per epoch
    hooks["sampler_seed"] = None
    for name in ("non_finite", "features", "progress", "pictures", "sample_values"):
        if hooks[name] is None:
            hooks.pop(name)
