"""A pose to start from, in closed form."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.fitting.observed import EYE_DISTANCE


def first_pose(points: Tensor, pixels: Tensor, trust: Tensor, focal: Tensor, centre: Tensor) -> tuple[Tensor, Tensor]:
    """Rotation and translation that bring points near to where they are seen.

    The affine camera that fits best by least squares, made a scaled rotation [1].

    Args:
        points: On the head, ``(B, N, 3)`` metres.
        pixels: Where they are seen, ``(B, N, 2)``.
        trust: Weights, ``(B, N)``.
        focal: Pixels, ``(B,)``.
        centre: Principal point, ``(B, 2)``.

    Returns:
        ``(B, 3, 3)`` and ``(B, 3)`` metres.

    [1] DeMenthon & Davis, Model-based object pose in 25 lines of code, IJCV 1995.
    """
    share = (trust / trust.sum(1, keepdim=True))[..., None].double()
    a, b = points.double(), pixels.double() * torch.tensor([1.0, -1.0], dtype=torch.float64)
    middle, seen = (share * a).sum(1), (share * b).sum(1)
    a, b = a - middle[:, None], b - seen[:, None]
    affine = torch.linalg.solve((share * a).transpose(1, 2) @ a, (share * a).transpose(1, 2) @ b).transpose(1, 2)
    u, stretch, vt = torch.linalg.svd(affine, full_matrices=False)
    rows = u @ vt  # (B, 2, 3)
    rotation = torch.cat([rows, torch.linalg.cross(rows[:, :1], rows[:, 1:])], 1)
    depth = -focal.double() / stretch.mean(1)
    across = (seen - centre.double() * torch.tensor([1.0, -1.0], dtype=torch.float64)) * (-depth / focal)[:, None]
    translation = torch.cat([across, depth[:, None]], 1) - (rotation @ middle[..., None]).squeeze(-1)
    return rotation.to(pixels), translation.to(pixels)


def unit_at(depth: Tensor, focal: Tensor) -> Tensor:
    """Pixels between the outer corners of an adult's eyes at depths ``(B,)``, metres, negative."""
    return focal * EYE_DISTANCE / -depth
