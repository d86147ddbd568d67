"""How codes move the 468 dense landmarks of a head."""

from __future__ import annotations

import numpy as np

from aucgan.heads.head import Head

JAW = 2


def dense_points(head: Head, exp: np.ndarray | None = None, jaw_pose: np.ndarray | None = None) -> np.ndarray:
    """The points of the mean head with an expression and a turned jaw, ``(468, 3)`` metres.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        exp: Coefficients of the first expression columns, ``(n,)``; neutral without.
        jaw_pose: Axis-angle, radians, ``(3,)``; closed without.

    Raises:
        ValueError: The head has no dense landmarks.
    """
    if head.dense_landmarks is None:
        raise ValueError("this head has no dense landmarks: python tools/embed_landmarks.py HEAD makes them")
    corners = head.faces[head.dense_landmarks.faces]  # (468, 3)
    verts = head.v_template[corners].astype(np.float64)
    if exp is not None:
        dirs = head.shapedirs[corners, :, head.n_identity : head.n_identity + len(exp)]
        verts = verts + dirs @ np.asarray(exp, np.float64)
    if jaw_pose is not None:
        verts = _turned(head, verts, corners, np.asarray(jaw_pose, np.float64))
    return np.einsum("nkc,nk->nc", verts, head.dense_landmarks.weights)


def _turned(head: Head, verts: np.ndarray, corners: np.ndarray, jaw_pose: np.ndarray) -> np.ndarray:
    """Corners ``(468, 3, 3)`` with the jaw turned: the correctives, then linear blend skinning."""
    change = _rotation(jaw_pose) - np.eye(3)
    feature = slice(9 * (JAW - 1), 9 * JAW)
    verts = verts + head.posedirs[corners][..., feature] @ change.reshape(9)
    joint = head.j_regressor[JAW].astype(np.float64) @ head.v_template
    return verts + head.weights[corners][..., JAW, None] * ((verts - joint) @ change.T)


def _rotation(axis_angle: np.ndarray) -> np.ndarray:
    """Rodrigues' formula, ``(3, 3)``."""
    angle = np.linalg.norm(axis_angle)
    x, y, z = axis_angle / max(angle, 1e-12)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    return np.eye(3) + np.sin(angle) * cross + (1 - np.cos(angle)) * cross @ cross
