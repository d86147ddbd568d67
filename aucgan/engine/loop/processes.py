"""Joining the processes of one training, on one machine or many."""

from __future__ import annotations

import datetime
import os
import subprocess
from collections.abc import Mapping
from typing import Any

import torch
from torch import distributed

from aucgan.process.errors import ConfigError

DEFAULT_PORT = "29500"
CPU = torch.device("cpu")


def launched_rank() -> int:
    """Rank of this process by what the launcher says, also before the processes have met; 0 without a launcher."""
    return int(os.environ.get("RANK", os.environ.get("SLURM_PROCID", 0)))


def join_processes(launcher: str, settings: Mapping[str, Any], device: torch.device = CPU) -> None:
    """Meet the other processes of the training, and take the GPU with this process's local rank.

    Args:
        launcher: ``none`` does nothing; ``pytorch`` (torchrun) and ``slurm`` (srun) tell each process its rank.
        settings: Arguments of ``torch.distributed.init_process_group``; ``timeout`` in seconds.
        device: What the training computes on; ``cuda`` without a number.

    Raises:
        ConfigError: The program was not started by the launcher, the backend is not there, or the device has a number.
    """
    if launcher == "none" or distributed.is_initialized():
        return
    if launcher == "slurm":
        _read_slurm()
    try:
        rank, world_size = int(os.environ["RANK"]), int(os.environ["WORLD_SIZE"])
    except KeyError as error:
        start = "torchrun --nproc_per_node=N tools/train.py" if launcher == "pytorch" else "tools/slurm_train.sh"
        raise ConfigError(f"--launcher {launcher}: {error} is not set; start the program by {start}") from error
    if device.index is not None:
        name = device.type
        raise ConfigError(f"--device {device} with --launcher: say {name}, each process takes that of its local rank")
    if device.type == "cuda":
        torch.cuda.set_device(int(os.environ.get("LOCAL_RANK", 0)))
    for name in ("OMP_NUM_THREADS", "MKL_NUM_THREADS"):  # as mmengine sets them, without its warnings
        os.environ.setdefault(name, "1")
    settings = dict(settings)
    if "timeout" in settings:
        settings["timeout"] = datetime.timedelta(seconds=settings["timeout"])
    try:
        distributed.init_process_group(rank=rank, world_size=world_size, **settings)
    except (RuntimeError, ValueError) as error:
        raise ConfigError(f"the processes cannot meet (env_cfg.dist_cfg={settings}): {error}") from error


def part_processes() -> None:
    """Take leave of the other processes."""
    if distributed.is_initialized():
        distributed.destroy_process_group()


def _read_slurm() -> None:
    """Put what SLURM says of this task where PyTorch looks for it."""
    names = dict(RANK="SLURM_PROCID", WORLD_SIZE="SLURM_NTASKS", LOCAL_RANK="SLURM_LOCALID")
    for name, source in names.items():
        if source in os.environ:
            os.environ[name] = os.environ[source]
    os.environ.setdefault("MASTER_PORT", DEFAULT_PORT)
    if "MASTER_ADDR" not in os.environ and "SLURM_JOB_NODELIST" in os.environ:
        command = ["scontrol", "show", "hostnames", os.environ["SLURM_JOB_NODELIST"]]
        hosts = subprocess.run(command, check=True, capture_output=True, text=True, encoding="utf-8").stdout
        os.environ["MASTER_ADDR"] = hosts.split()[0]
