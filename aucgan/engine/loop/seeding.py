"""Random states that are a function of (seed, iteration, rank), so that a run can continue anywhere."""

from __future__ import annotations

import random

import numpy as np
import torch


def mix(*keys: int) -> int:
    """Mix non-negative integers into one seed in ``[0, 2**63)``; neighbours give unrelated seeds."""
    return int(np.random.SeedSequence(keys).generate_state(1, np.uint64)[0] >> np.uint64(1))


def seed_all(*keys: int) -> None:
    """Seed python, numpy and torch (every device) with ``mix(*keys)``."""
    seed = mix(*keys)
    random.seed(seed)
    np.random.seed(seed % 2**32)
    torch.manual_seed(seed)
