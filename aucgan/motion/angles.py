"""Rotations of a head as the angles that other programs write down; all in radians."""

from __future__ import annotations

import warnings

import numpy as np
from scipy.spatial.transform import Rotation

_FLIP = np.diag([1.0, -1.0, -1.0])
"""From the metric frame to that of a camera, x right, y down, z away from it."""


def to_yaw_pitch_roll(rotation: np.ndarray) -> np.ndarray:
    """Angles about y, x and z of R = R_y(yaw) · R_x(pitch) · R_z(roll), ``(T, 3)``.

    A head that turns to its own left has a positive yaw, one that nods down a positive pitch, one that leans to its own
    right a positive roll.

    Args:
        rotation: Axis-angle, ``(T, 3)``.
    """
    return _euler(Rotation.from_rotvec(rotation), "YXZ")


def from_yaw_pitch_roll(angles: np.ndarray) -> np.ndarray:
    """The inverse of :func:`to_yaw_pitch_roll`."""
    return Rotation.from_euler("YXZ", angles).as_rotvec()


def to_camera_angles(rotation: np.ndarray) -> np.ndarray:
    """Angles about x, y and z of R = R_x · R_y · R_z in the camera's frame (x right, y down, z away), ``(T, 3)``.

    Args:
        rotation: Axis-angle in the metric frame, ``(T, 3)``.
    """
    return _euler(Rotation.from_matrix(_FLIP @ Rotation.from_rotvec(rotation).as_matrix() @ _FLIP), "XYZ")


def from_camera_angles(angles: np.ndarray) -> np.ndarray:
    """The inverse of :func:`to_camera_angles`."""
    return Rotation.from_matrix(_FLIP @ Rotation.from_euler("XYZ", angles).as_matrix() @ _FLIP).as_rotvec()


def _euler(rotation: Rotation, order: str) -> np.ndarray:
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Gimbal lock")  # one of two equal answers; it stays a right one
        return rotation.as_euler(order)
