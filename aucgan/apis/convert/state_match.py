"""Checking published weights against our networks, key by key and shape by shape."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import torch
from torch import nn

from aucgan.registry import MODELS

SHOWN_PROBLEMS = 20


def build_skeleton(config: dict) -> nn.Module:
    """Build a network without memory for its weights; only keys and shapes count."""
    with torch.device("meta"):
        return MODELS.build(config)


def match_state(
    published: Mapping[str, np.ndarray], network: nn.Module, name: str
) -> tuple[dict[str, np.ndarray], list[str]]:
    """Bring published weights to the keys, shapes and types of a network.

    Args:
        published: Arrays by our key names.
        network: The network; its weights may lie on the meta device.
        name: The file and the part of it, for error messages.

    Returns:
        The arrays to write, and the batch counters the file lacks (they are 0 then; inference never reads them).

    Raises:
        ValueError: Keys are missing, left over or of another shape; the message names them.
    """
    own = network.state_dict()
    counters = [key for key in own if key.endswith("num_batches_tracked") and key not in published]
    given = {**published, **{key: np.zeros((), np.int64) for key in counters}}
    problems = [f"missing {key} {tuple(value.shape)}" for key, value in own.items() if key not in given]
    problems += [f"unexpected {key} {np.shape(value)}" for key, value in given.items() if key not in own]
    problems += [
        f"{key} is {np.shape(given[key])}, {tuple(value.shape)} was expected"
        for key, value in own.items()
        if key in given and np.shape(given[key]) != tuple(value.shape)
    ]
    if problems:
        shown = "\n  ".join(problems[:SHOWN_PROBLEMS])
        rest = f"\n  … and {len(problems) - SHOWN_PROBLEMS} more" if len(problems) > SHOWN_PROBLEMS else ""
        raise ValueError(f"{name} does not fit {type(network).__name__}:\n  {shown}{rest}")
    return {key: np.asarray(given[key], _numpy_type(value.dtype)) for key, value in own.items()}, counters


def _numpy_type(dtype: torch.dtype) -> np.dtype:
    return np.dtype(str(dtype).removeprefix("torch."))
