"""Where eyes look: angles of the eyeballs, and the weights of ARKit's eyeLook shapes."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from scipy.spatial.transform import Rotation

from aucgan.arkit import arkit_name
from aucgan.heads.head import Head

LEFT_EYE = 3
"""Number of the left eye's joint; the right one follows."""
_WAYS = {"Up": (0, -0.5), "Down": (0, 0.5), "In": (1, -0.6), "Out": (1, 0.6)}
"""Axis about which a left eye turns, and how far where the head's shapes do not say it, radians."""
_LEAST = 0.05
"""Radians; shapes that turn the eyeballs less move the lids only."""
GAZE_NAMES: tuple[str, ...] = tuple(f"eyeLook{way}{side}" for side in ("Left", "Right") for way in _WAYS)
"""The shapes of the left eye, then of the right one."""


_last: list[tuple[Head, dict[str, np.ndarray]]] = []


def gaze_turns(head: Head) -> dict[str, np.ndarray]:
    """How each of the eight eyeLook shapes turns its eyeball at full weight, axis-angle ``(3,)`` in radians.

    About one axis each: up and down about x, in and out about y. Where a head has no such shape, or one that leaves the
    eyeballs alone, the turn is a nominal one.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
    """
    own = own_gaze_turns(head)
    return {name: own.get(name, _nominal(name)) for name in GAZE_NAMES}


def own_gaze_turns(head: Head) -> dict[str, np.ndarray]:
    """As :func:`gaze_turns`, of the shapes that turn the eyeballs by themselves; those of the last head are kept."""
    if not _last or _last[0][0] is not head:
        _last[:] = [(head, _measured_turns(head))]
    return dict(_last[0][1])


def _measured_turns(head: Head) -> dict[str, np.ndarray]:
    turns = {}
    for column in head.expression_names:
        name = arkit_name(column)
        if name in GAZE_NAMES:
            turn = _turn_of(head, name, head.columns(column)[..., 0])
            if np.linalg.norm(turn) >= _LEAST:
                turns[name] = turn
    return turns


def looking(eyes: np.ndarray, turns: Mapping[str, np.ndarray]) -> np.ndarray:
    """Weights in [0, 1] of the shapes of ``turns`` that turn the eyeballs, ``(T, 8)``.

    Args:
        eyes: Left and right, axis-angle in radians, ``(T, 6)``.
        turns: From :func:`gaze_turns`.
    """
    sides = {name: eyes[:, 3 * _eye(name) : 3 * _eye(name) + 3] for name in turns}
    return np.stack([np.clip(sides[name] @ turn / (turn @ turn), 0.0, 1.0) for name, turn in turns.items()], axis=1)


def turned_by(weights: np.ndarray, turns: Mapping[str, np.ndarray]) -> np.ndarray:
    """How far weights ``(T, 8)`` turn the eyeballs: left and right, axis-angle in radians, ``(T, 6)``."""
    directions = np.zeros((len(turns), 6))
    for row, (name, turn) in enumerate(turns.items()):
        directions[row, 3 * _eye(name) : 3 * _eye(name) + 3] = turn
    return weights @ directions


def _eye(name: str) -> int:
    """0 for the left eye, 1 for the right one."""
    return int(name.endswith("Right"))


def _axis(name: str) -> tuple[int, float]:
    return _WAYS[name.removeprefix("eyeLook").removesuffix("Left").removesuffix("Right")]


def _nominal(name: str) -> np.ndarray:
    """The turn of a head that does not say it; about the vertical, the right eye's is the left one's mirror image."""
    axis, angle = _axis(name)
    return np.eye(3)[axis] * (-angle if axis == 1 and _eye(name) else angle)


def _turn_of(head: Head, name: str, offsets: np.ndarray) -> np.ndarray:
    """The rotation about the shape's axis that comes nearest to what offsets ``(V, 3)`` do to the eyeball."""
    joint = LEFT_EYE + _eye(name)
    ball = head.weights[:, joint] > 0.5
    if not ball.any():
        return np.zeros(3)
    rest = (head.v_template - head.j_regressor[joint] @ head.v_template)[ball].astype(np.float64)
    moved = rest + offsets[ball]
    turn = Rotation.align_vectors(moved - moved.mean(0), rest - rest.mean(0))[0].as_rotvec()
    return turn * np.eye(3)[_axis(name)[0]]
