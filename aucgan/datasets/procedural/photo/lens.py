"""A lens at a real distance: near parts of a face are larger than far ones."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aucgan.renderers.camera import orthographic

DISTANCES = (0.35, 4.0)
"""Nearest and farthest camera, metres: from a phone in the hand to a long lens."""


def draw_distance(rng: np.random.Generator) -> float:
    """Draw how far the camera is from the middle of the head, metres: most photos are taken from about one."""
    return float(np.clip(np.exp(rng.normal(0.1, 0.6)), *DISTANCES))


def perspective(points: Tensor, cam: Tensor, distance: Tensor) -> Tensor:
    """Project through a lens as far from the frame's origin as its angle of view asks for.

    Points in the plane z = 0 fall where :func:`aucgan.renderers.camera.orthographic` puts them; at an infinite
    distance all do.

    Args:
        points: In the metric frame, ``(B, N, 3)``.
        cam: Scale and translation, ``(B, 3)``.
        distance: Of the lens, metres, ``(B,)``.

    Returns:
        Image space, ``(B, N, 3)``; the depth is the orthographic one.
    """
    flat = orthographic(points, cam)
    nearness = distance[:, None] / (distance[:, None] - points[..., 2]).clamp(min=0.05)
    return torch.cat([flat[..., :2] * nearness[..., None], flat[..., 2:]], dim=2)


def framing(points: Tensor, distance: Tensor, crop: Tensor) -> Tensor:
    """The camera whose square picture is a crop round landmarks.

    Args:
        points: 68 landmarks in the metric frame, ``(B, 68, 3)``.
        distance: Of the lens, metres, ``(B,)``.
        crop: Side of the crop over the mean side of the landmarks' box in the picture, and the shift of the face
            within it along x and y in shares of its side, ``(B, 3)``.

    Returns:
        ``(s, tx, ty)``, ``(B, 3)``.
    """
    shift, side = torch.zeros_like(points[:, 0, :2]), torch.ones_like(points[:, 0, :1])
    for _ in range(6):  # moving the face before the lens changes its outline a little: a contraction
        cam = torch.cat([torch.ones_like(shift[:, :1]), shift], dim=1)
        flat = perspective(points, cam, distance)[..., :2] * torch.tensor([1.0, -1.0])
        low, high = flat.amin(1), flat.amax(1)
        side = (high - low).mean(1, keepdim=True) * crop[:, :1]
        shift = shift + crop[:, 1:] * side - 0.5 * (low + high)
    return torch.cat([2.0 / side, shift], dim=1)
