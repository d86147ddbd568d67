"""From FLAME's metric frame to image space and pixels; the only file that flips axes.

Three frames meet here:

* metric: metres, x to the person's left, y up, z towards the viewer;
* image space: x right, y down, z into the image; the shorter side of the picture spans ``[-1, 1]``;
* pixels: column j and row i are centred at ``(j, i)`` (subtract nothing, add one half for landmark files).
"""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.numerics.constants import constant_like

FLIP = (1.0, -1.0, -1.0)
"""From metric to image space."""


def orthographic(verts: Tensor, cam: Tensor) -> Tensor:
    """Scaled orthographic projection into image space.

    Args:
        verts: Points in the metric frame, ``(B, N, 3)``.
        cam: Scale and translation ``(s, tx, ty)``, ``(B, 3)``.

    Returns:
        ``(s(x + tx), -s(y + ty), -s z)``, ``(B, N, 3)``: x right, y down, z into the image.
    """
    if verts.dim() != 3 or verts.shape[-1] != 3 or cam.shape != (verts.shape[0], 3):
        raise ValueError(
            f"orthographic: expected verts (B, N, 3) and cam (B, 3), got {tuple(verts.shape)} and {tuple(cam.shape)}"
        )
    shift = torch.cat([cam[:, 1:], torch.zeros_like(cam[:, :1])], dim=1)
    return (verts + shift[:, None]) * cam[:, :1, None] * constant_like(verts, FLIP)


def nearest_orthographic(points: Tensor, seen: Tensor) -> Tensor:
    """The scaled orthographic camera that shows points most nearly where they are seen, by least squares.

    Args:
        points: In the metric frame, ``(B, N, 3)``.
        seen: In image space, ``(B, N, 2)``.

    Returns:
        ``(s, tx, ty)``, ``(B, 3)``, as :func:`orthographic` takes it.
    """
    flat, upward = points[..., :2], seen * constant_like(seen, FLIP[:2])
    middle, target = flat.mean(1, keepdim=True), upward.mean(1, keepdim=True)
    off = flat - middle
    scale = (off * (upward - target)).sum((1, 2)) / off.square().sum((1, 2))
    return torch.cat([scale[:, None], (target / scale[:, None, None] - middle)[:, 0]], dim=1)


def project_landmarks(landmarks: Tensor, cam: Tensor) -> Tensor:
    """Landmarks ``(B, N, 3)`` in the metric frame to image space, ``(B, N, 2)``."""
    return orthographic(landmarks, cam)[..., :2]


def pinhole(points: Tensor, focal: Tensor, centre: Tensor) -> Tensor:
    """Central projection; the camera stands at the metric frame's origin and looks along −z.

    Args:
        points: ``(B, N, 3)`` metres, z negative.
        focal: Focal length in pixels, ``(B,)``.
        centre: Principal point, pixels whose centres are at ½, ``(B, 2)``.

    Returns:
        Pixels, ``(B, N, 2)``.
    """
    return _on_film(points[..., :2] / -points[..., 2:], focal, centre)


def weak_perspective(points: Tensor, depth: Tensor, focal: Tensor, centre: Tensor) -> Tensor:
    """As :func:`pinhole`, with all points of a sample at one depth ``(B,)``, z in metres, negative."""
    return _on_film(points[..., :2] / -depth[:, None, None], focal, centre)


def _on_film(slopes: Tensor, focal: Tensor, centre: Tensor) -> Tensor:
    return slopes * constant_like(slopes, FLIP[:2]) * focal[:, None, None] + centre[:, None]


def image_to_pixels(points: Tensor, image_size: tuple[int, int]) -> tuple[Tensor, Tensor]:
    """Image space to pixel coordinates in which pixel (row i, column j) is centred at x = j, y = i.

    Args:
        points: ``(..., 2)`` or ``(..., 3)`` in image space.
        image_size: ``(H, W)``.

    Returns:
        x and y in pixels, each ``(...)``.
    """
    height, width = image_size
    half = min(height, width) / 2
    return points[..., 0] * half + (width - 1) / 2, points[..., 1] * half + (height - 1) / 2


def pixels_to_image(points: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Pixels of files, in which pixel (row i, column j) is centred at (j + 1/2, i + 1/2), to image space.

    Args:
        points: ``(..., 2)``, x and y.
        image_size: ``(H, W)``.

    Returns:
        ``(..., 2)``.
    """
    height, width = image_size
    return (points - constant_like(points, (width / 2, height / 2))) * (2 / min(height, width))


def image_to_grid(points: Tensor, image_size: tuple[int, int]) -> Tensor:
    """Image space ``(..., 2)`` to the coordinates of ``grid_sample`` (each side spans ``[-1, 1]``)."""
    height, width = image_size
    short = min(height, width)
    if height == width:
        return points
    return points * constant_like(points, (short / width, short / height))


def uv_to_grid(uv: Tensor) -> Tensor:
    """UV in ``[0, 1]`` with v up to ``grid_sample`` coordinates (row 0 is v = 1), ``(..., 2)``."""
    return torch.stack([uv[..., 0] * 2 - 1, 1 - uv[..., 1] * 2], dim=-1)
