"""Rotations in FLAME's conventions; all angles are in radians."""

import torch
from torch import Tensor

SMALL_ROTATION = 1e-8
"""Published offset inside the norm: it keeps the gradient at no rotation finite."""


def axis_angle_to_matrix(rotation: Tensor) -> Tensor:
    """Rodrigues' formula as FLAME uses it: R = I + sin θ K + (1 − cos θ) K², θ = ‖r + 1e-8‖, K = [r / θ]×.

    Args:
        rotation: Axis times angle, ``(..., 3)``.

    Returns:
        Rotation matrices, ``(..., 3, 3)``.
    """
    angle = (rotation + SMALL_ROTATION).norm(dim=-1, keepdim=True)
    x, y, z = (rotation / angle).unbind(-1)
    zero = torch.zeros_like(x)
    cross = torch.stack([zero, -z, y, z, zero, -x, -y, x, zero], dim=-1).unflatten(-1, (3, 3))
    angle = angle[..., None]
    identity = torch.eye(3, dtype=rotation.dtype, device=rotation.device)
    return identity + angle.sin() * cross + (1 - angle.cos()) * (cross @ cross)


def euler_to_axis_angle(euler: Tensor) -> Tensor:
    """Axis-angle form of R = R_x · R_y · R_z (the order of published ``jaw_type='euler'`` checkpoints).

    Args:
        euler: Angles about x, y and z, ``(..., 3)``.

    Returns:
        Axis times angle, angle in [0, π], ``(..., 3)``.
    """
    (cx, cy, cz), (sx, sy, sz) = (euler / 2).cos().unbind(-1), (euler / 2).sin().unbind(-1)
    real = cx * cy * cz - sx * sy * sz
    imaginary = torch.stack(
        [sx * cy * cz + cx * sy * sz, cx * sy * cz - sx * cy * sz, cx * cy * sz + sx * sy * cz], dim=-1
    )
    sign = torch.where(real < 0, -1.0, 1.0).to(euler.dtype)  # q and −q are one rotation; keep the shorter way
    real, imaginary = sign * real, sign[..., None] * imaginary
    square = imaginary.square().sum(-1)
    tiny = square < torch.finfo(euler.dtype).tiny
    sine = torch.where(tiny, torch.ones_like(square), square).sqrt()  # sqrt has no gradient at zero
    scale = torch.where(tiny, torch.full_like(square, 2.0), 2 * torch.atan2(sine, real) / sine)
    return scale[..., None] * imaginary
