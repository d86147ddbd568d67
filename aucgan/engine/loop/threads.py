"""PyTorch's threads, as many as this process has processors."""

from __future__ import annotations

import os

import torch

from aucgan.process.processors import usable_processors


def limit_threads() -> None:
    """Let PyTorch compute with no more threads than this process may keep busy.

    PyTorch counts the machine's processors; in a container with a quota its threads would take turns. Whoever sets
    ``OMP_NUM_THREADS`` gets that many.
    """
    usable = usable_processors()
    if "OMP_NUM_THREADS" not in os.environ and torch.get_num_threads() > usable:
        torch.set_num_threads(usable)
