"""Heads that differ from the mean in directions in which no head at home does."""

from __future__ import annotations

from functools import cache

import numpy as np

DIRECTIONS = 8
"""How many directions of the identity codes are kept for strangers, at most a quarter of all."""
SPREAD = 1.6
"""Standard deviation of strangers along them, where other people's codes have 1 along every direction."""
_SEED = 1965


@cache
def kept_directions(width: int) -> np.ndarray:
    """Orthonormal directions in which only strangers differ, ``(width, k)``."""
    drawn = np.random.default_rng(_SEED).standard_normal((width, min(DIRECTIONS, width // 4)))
    return np.linalg.qr(drawn)[0]


def at_home(shape: np.ndarray) -> np.ndarray:
    """An identity code ``(n,)`` without the strangers' directions."""
    kept = kept_directions(len(shape))
    return (shape - kept @ (kept.T @ shape)).astype(np.float32)


def strange(shape: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """An identity code ``(n,)`` that differs in the strangers' directions above all.

    Args:
        shape: As at home.
        rng: The person's source of randomness.
    """
    kept = kept_directions(len(shape))
    return (at_home(shape) + kept @ (SPREAD * rng.standard_normal(kept.shape[1]))).astype(np.float32)
