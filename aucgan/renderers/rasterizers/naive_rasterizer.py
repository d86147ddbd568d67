"""A rasterizer to be read: one loop over faces, one inside test per pixel. The tests' twin of the fast one."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from aucgan.registry import RENDERERS
from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.rasterizers.barycentric import pixels_on_faces
from aucgan.renderers.rasterizers.fragments import EMPTY, CoveredPixels
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, check_mesh


def edge_function(a: np.ndarray, b: np.ndarray, x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Twice the signed area of (a, b, point): positive on the inner side of a clockwise triangle (y down)."""
    return (b[0] - a[0]) * (y - a[1]) - (b[1] - a[1]) * (x - a[0])


def owns_its_points(a: np.ndarray, b: np.ndarray) -> bool:
    """Top-left rule: whether points exactly on edge a-b of a clockwise triangle belong to it."""
    is_top = b[1] == a[1] and b[0] > a[0]
    is_left = b[1] < a[1]
    return is_top or is_left


def draw_face(corners: np.ndarray, face: int, depth: np.ndarray, owner: np.ndarray, near: float) -> None:
    """Draw one triangle into a depth buffer and an index image, in place.

    Args:
        corners: x, y (pixels) and z of the corners, ``(3, 3)`` float64.
        face: Its index.
        depth: Depth buffer, ``(H, W)``.
        owner: Face index per pixel, ``(H, W)``.
        near: Smallest depth that is drawn.
    """
    if not np.isfinite(corners).all():
        return
    area = edge_function(corners[0], corners[1], *corners[2, :2])
    if area == 0:
        return
    a, b, c = corners if area > 0 else corners[[0, 2, 1]]
    height, width = depth.shape
    low = np.clip(np.ceil(corners[:, :2].min(0)), 0, [width, height]).astype(int)
    high = np.clip(np.floor(corners[:, :2].max(0)) + 1, 0, [width, height]).astype(int)
    y, x = np.mgrid[low[1] : high[1], low[0] : high[0]]
    weights = [edge_function(*edge, x, y) for edge in ((b, c), (c, a), (a, b))]
    inside = np.ones(x.shape, bool)
    for weight, edge in zip(weights, ((b, c), (c, a), (a, b)), strict=True):
        inside &= (weight >= 0) if owns_its_points(*edge) else (weight > 0)
    z = sum(weight * corner[2] for weight, corner in zip(weights, (a, b, c), strict=True)) / abs(area)
    window = np.s_[low[1] : high[1], low[0] : high[0]]
    drawn = inside & (z >= near) & (z < depth[window])
    depth[window][drawn] = z[drawn]
    owner[window][drawn] = face


@RENDERERS.register_module()
class NaiveRasterizer(Rasterizer):
    """Slow, exact (float64) and readable; same contract and same top-left rule as ``TorchRasterizer``.

    Args:
        image_size: Side of a square picture, or ``(H, W)``.
        near: Drop points with a smaller image-space z; ``None`` keeps all.
    """

    def __init__(self, image_size: int | tuple[int, int] = 224, near: float | None = None) -> None:
        super().__init__(image_size)
        self.near = near

    def covered(self, verts: Tensor, faces: Tensor) -> CoveredPixels:
        """The covered pixels; see :meth:`Rasterizer.forward` for the arguments."""
        check_mesh(verts, faces)
        px, py = image_to_pixels(verts.detach(), self.image_size)
        points = torch.stack([px, py, verts.detach()[..., 2]], dim=-1).cpu().double().numpy()
        per_sample = faces.expand(len(verts), -1, 3).cpu().numpy()
        owner = torch.from_numpy(np.stack([self._draw(*mesh) for mesh in zip(points, per_sample, strict=True)])).to(
            verts.device
        )
        pixel = (owner.flatten() >= 0).nonzero().squeeze(1)
        return pixels_on_faces(verts, faces, tuple(owner.shape), pixel, owner.flatten()[pixel])

    def _draw(self, points: np.ndarray, faces: np.ndarray) -> np.ndarray:
        """Index of the nearest face of every pixel of one sample, ``(H, W)``."""
        depth = np.full(self.image_size, np.inf)
        owner = np.full(self.image_size, EMPTY, np.int64)
        near = -np.inf if self.near is None else self.near
        for number, face in enumerate(faces):
            draw_face(points[face], number, depth, owner, near)
        return owner
