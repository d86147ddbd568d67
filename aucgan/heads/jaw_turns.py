"""Which turn of the jaw's joint makes which of a head's shapes."""

from __future__ import annotations

import numpy as np
from scipy.optimize import minimize_scalar

from aucgan.arkit import arkit_name
from aucgan.heads.dense_motion import dense_points

AXES: dict[str, np.ndarray] = {
    "jawOpen": np.array([1.0, 0.0, 0.0]),
    "jawLeft": np.array([0.0, 1.0, 0.0]),
    "jawRight": np.array([0.0, -1.0, 0.0]),
}
"""The axes about which the joint turns for each shape."""
MOST = 0.8
"""Largest full turn that is looked for, radians."""
AGREES = 0.2
"""A turn makes a shape if it leaves at most this share of the points' movement."""

_last: list[tuple[object, dict[str, np.ndarray]]] = []


def jaw_turns(head) -> dict[str, np.ndarray]:
    """The axis-angle ``(3,)`` in radians that moves the dense landmarks as each shape of the jaw does at full weight.

    Shapes that no turn makes are left out, as are all of them for a head without dense landmarks.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
    """
    if not _last or _last[0][0] is not head:
        _last[:] = [(head, _find(head))]
    return _last[0][1]


def _find(head) -> dict[str, np.ndarray]:
    columns = {arkit_name(name): k for k, name in enumerate(head.expression_names)}
    if head.dense_landmarks is None:
        return {}
    rest, turns = dense_points(head), {}
    for name in AXES.keys() & columns.keys():
        code = np.zeros(len(head.expression_names))
        code[columns[name]] = 1.0
        shape, axis = dense_points(head, code) - rest, AXES[name]
        size = np.linalg.norm(shape)

        def left(angle: float, axis: np.ndarray = axis, shape: np.ndarray = shape) -> float:
            return float(np.linalg.norm(dense_points(head, None, angle * axis) - rest - shape))

        found = minimize_scalar(left, bounds=(0.0, MOST), method="bounded", options={"xatol": 1e-5})
        if size > 0 and found.fun <= AGREES * size:
            turns[name] = found.x * axis
    return {name: turns[name] for name in AXES if name in turns}
