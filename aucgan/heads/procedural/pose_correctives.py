"""Corrections of linear blend skinning where the jaw opens and the neck turns."""

from __future__ import annotations

import numpy as np

from aucgan.heads.procedural.fields import move
from aucgan.heads.procedural.half_mesh import HeadMesh

N_FEATURES = 36
_NECK, _JAW = 0, 9  # start of each joint's R − I among the features
# Movements (mm) at an angle of one radian.
_OPEN_JAW = (
    ((28, -44, 60), (10, 12, 18), (-5.0, 0.0, -1.0)),
    ((45, -25, 36), (14, 20, 24), (-5.0, 0.0, -2.0)),
    ((54, -48, 4), (12, 14, 18), (1.5, 0.0, -3.0)),
    ((0, -100, 22), (26, 14, 24), (0.0, -4.0, -4.0)),
)
_BOW_HEAD = (((0, -104, 18), (30, 16, 26), (0.0, -3.0, 5.0)), ((0, -60, -88), (40, 30, 24), (0.0, 0.0, -4.0)))
_TURN_HEAD = (((38, -128, 8), (12, 32, 16), (1.0, 0.0, 2.5)),)


def _sine(block: np.ndarray, row: int, column: int, field: np.ndarray) -> None:
    """Drive ``field`` by the sine of an angle: entries (row, column) and (column, row) of a rotation."""
    block[..., 3 * row + column] += field / 2
    block[..., 3 * column + row] -= field / 2


def pose_columns(mesh: HeadMesh) -> np.ndarray:
    """Offsets per entry of the pose feature, ``(V, 3, 36)`` metres."""
    points = mesh.vertices * 1000.0
    columns = np.zeros((*points.shape, N_FEATURES))
    skin = mesh.part("skin", "lip_upper", "lip_lower")[:, None]
    jaw, neck = columns[..., _JAW : _JAW + 9], columns[..., _NECK : _NECK + 9]
    _sine(jaw, 2, 1, skin * sum(move(points, *step) for step in _OPEN_JAW))
    _sine(neck, 2, 1, skin * sum(move(points, *step) for step in _BOW_HEAD))
    turn = sum(move(points, *step) for step in _TURN_HEAD)
    _sine(neck, 0, 2, skin * turn * np.tanh(points[:, :1] / 10.0))
    led = mesh.leader >= 0
    columns[led] = columns[mesh.leader[led]] * mesh.follow[led, None, None]
    return columns / 1000.0
