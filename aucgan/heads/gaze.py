"""Where eyes look: angles of the eyeballs, and the weights of ARKit's eyeLook shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from aucgan.heads.head import Head

GAZE_NAMES: tuple[str, ...] = tuple(
    f"eyeLook{way}{side}" for side in ("Left", "Right") for way in ("Up", "Down", "In", "Out")
)
_LEFT_EYE = 3
"""Column of the left eye's joint; the right one follows."""
_LEAST = 0.05
"""Radians; shapes that turn the eyeballs less move the lids only."""
_NOMINAL = {"Up": (-0.5, 0.0, 0.0), "Down": (0.5, 0.0, 0.0), "In": (0.0, -0.6, 0.0), "Out": (0.0, 0.6, 0.0)}
"""Turns of a left eye at full weight where the head's shapes do not turn it, axis-angle in radians."""


def gaze_turns(head: Head) -> dict[str, np.ndarray]:
    """How each of the eight eyeLook shapes turns its eyeball at full weight, axis-angle ``(3,)`` in radians.

    About one axis each: up and down about x, in and out about y. Where a head has no such shape, or one that leaves the
    eyeballs alone, the turn is a nominal one.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
    """
    raise NotImplementedError


def looking(eyes: np.ndarray, turns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Weights in [0, 1] of the shapes of ``turns`` that turn the eyeballs, ``(T, 8)``.

    Args:
        eyes: Left and right, axis-angle in radians, ``(T, 6)``.
        turns: From :func:`gaze_turns`.
    """
    raise NotImplementedError


def turned_by(weights: np.ndarray, turns: Mapping[str, np.ndarray]) -> np.ndarray:
    """How far weights ``(T, 8)`` turn the eyeballs: left and right, axis-angle in radians, ``(T, 6)``."""
    raise NotImplementedError
