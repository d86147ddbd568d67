"""A person's neutral head, and how each of ARKit's shapes moves it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.head import Head


def neutral_head(head: Head, shape: np.ndarray | None = None) -> np.ndarray:
    """Vertices of a person at rest, ``(V, 3)`` float64, metres.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        shape: Coefficients of the first identity columns, ``(n,)``; the mean head without.

    Raises:
        ValueError: The code is longer than the head's identity columns.
    """
    raise NotImplementedError


def morph_targets(
    head: Head, shape: np.ndarray | None = None, names: Sequence[str] = ARKIT_NAMES
) -> dict[str, np.ndarray]:
    """Offsets of a person's vertices at full weight of each shape, by name, ``(V, 3)`` float32, metres.

    What a joint of the head does (the jaw of most) is here a shape like all others: the joint's motion at full weight.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        shape: As for :func:`neutral_head`.
        names: ARKit's names, or those of units without a shape (:data:`aucgan.arkit.NO_SHAPE`).

    Raises:
        ValueError: The code is longer than the head's identity columns; a name is unknown; or the head has neither
            names nor dense landmarks.
    """
    raise NotImplementedError
