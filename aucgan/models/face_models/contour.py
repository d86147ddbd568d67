"""Landmarks on the mesh, and the choice of the contour ones by the yaw of the head."""

import torch
from torch import Tensor

MAX_YAW = 39
"""Degrees; beyond it the contour no longer moves. The embedding has one row per degree, 0…39 and −1…−39."""


def head_yaw_degrees(global_rotation: Tensor, neck_rotation: Tensor) -> Tensor:
    """Yaw of the head, atan2(−R₂₀, √(R₀₀² + R₁₀²)) of R = R_global · R_neck.

    Args:
        global_rotation: Rotation matrices, ``(B, 3, 3)``.
        neck_rotation: Rotation matrices, ``(B, 3, 3)``.

    Returns:
        Degrees in [−90, 90], ``(B,)``.
    """
    first = (global_rotation @ neck_rotation[..., :1]).squeeze(-1)  # only the first column is needed
    level = (first[:, 0] * first[:, 0] + first[:, 1] * first[:, 1]).sqrt()
    return torch.atan2(-first[:, 2], level) * 180.0 / torch.pi


def contour_rows(yaw: Tensor) -> Tensor:
    """Row of the dynamic landmark embedding for each yaw.

    Args:
        yaw: Degrees, ``(B,)``.

    Returns:
        Row y for a rounded yaw y ≥ 0 (at most 39), 39 − y for −39 ≤ y < 0, 78 below, ``(B,)`` int64.
    """
    degrees = yaw.clamp(max=MAX_YAW).round().long()
    return torch.where(degrees < 0, MAX_YAW - degrees.clamp(min=-MAX_YAW), degrees)


def points_on_mesh(verts: Tensor, corners: Tensor, bary_coords: Tensor) -> Tensor:
    """Barycentric points of a mesh.

    Args:
        verts: ``(B, V, 3)``.
        corners: Vertex indices of each point's triangle, ``(N, 3)``, or per sample ``(B, N, 3)``.
        bary_coords: Weights of the corners, same shape as ``corners``.

    Returns:
        ``(B, N, 3)``.
    """
    batch = verts.shape[0]
    if corners.dim() == 2:
        at_corners = verts[:, corners.flatten()]
    else:
        at_corners = verts.gather(1, corners.reshape(batch, -1, 1).expand(-1, -1, 3))
    return (at_corners.unflatten(1, (-1, 3)) * bary_coords[..., None]).sum(-2)
