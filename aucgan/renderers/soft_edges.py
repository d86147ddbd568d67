"""Antialiasing of silhouettes, which gives them gradients.

Where a silhouette edge passes between two neighbouring pixel centres of which one is covered, the pixel it cuts is
blended with the other in proportion to the area cut off. The weight is a differentiable function of the edge's end
points, so a loss on the picture moves the outline. The idea is that of [1]; here steep edges are swept over rows and
the others over columns, so that triangles smaller than a pixel are found too.

[1] Laine et al., Modular Primitives for High-Performance Differentiable Rendering, SIGGRAPH Asia 2020.
"""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor, nn

from aucgan.renderers.camera import image_to_pixels
from aucgan.renderers.rasterizers.fragments import CoveredPixels
from aucgan.renderers.rasterizers.unique_rows import unique_rows


class SoftEdges(nn.Module):
    """Blend pictures across the outline of a mesh of fixed topology.

    Args:
        faces: ``(F, 3)`` int64.
    """

    faces: Tensor
    edges: Tensor
    owners: Tensor

    def __init__(self, faces: Tensor) -> None:
        super().__init__()
        edges, owners = edges_and_owners(faces.cpu().numpy())
        self.register_buffer("faces", faces, persistent=False)
        self.register_buffer("edges", torch.from_numpy(edges).to(faces.device), persistent=False)
        self.register_buffer("owners", torch.from_numpy(owners).to(faces.device), persistent=False)

    def forward(self, images: Tensor, verts: Tensor, covered: CoveredPixels) -> Tensor:
        """Antialias.

        Args:
            images: Finished pictures, background included, ``(B, C, H, W)``.
            verts: Image-space vertices, ``(B, V, 3)``.
            covered: What the rasterizer found.

        Returns:
            Pictures of the same shape, with gradients to ``verts`` along the outline.
        """
        batch, channels, height, width = images.shape
        px, py = image_to_pixels(verts, (height, width))
        image, edge = self._silhouette(px.detach(), py.detach()).nonzero().unbind(1)
        ends = self.edges[edge] + (image * verts.shape[1])[:, None]
        x, y = px.reshape(-1)[ends], py.reshape(-1)[ends]
        mask = torch.zeros(batch * height * width, dtype=torch.bool, device=images.device)
        mask[covered.pixel] = True
        first = image * height * width
        rows = images.permute(0, 2, 3, 1).reshape(-1, channels)
        changes = torch.zeros_like(rows)
        steep = (y[:, 1] - y[:, 0]).abs() >= (x[:, 1] - x[:, 0]).abs()
        for chosen, sweep, across, strides, limits in (
            (steep, y, x, (width, 1), (height, width)),
            (~steep, x, y, (1, width), (width, height)),
        ):
            chosen = chosen.nonzero().squeeze(1)
            along, sideways, start = (value.index_select(0, chosen) for value in (sweep, across, first))
            target, source, weight = _blends(along, sideways, start, strides, limits, mask)
            changes = changes.index_add(0, target, weight[:, None] * (rows[source] - rows[target]))
        return (rows + changes).view(batch, height, width, channels).permute(0, 3, 1, 2)

    def _silhouette(self, px: Tensor, py: Tensor) -> Tensor:
        """Edges whose two faces turn to different sides, or that have one face, ``(B, E)`` bool."""
        (x0, x1, x2), (y0, y1, y2) = (axis[:, self.faces].unbind(2) for axis in (px, py))
        front = (x1 - x0) * (y2 - y0) < (x2 - x0) * (y1 - y0)
        one, other = self.owners.unbind(1)
        return (front[:, one] != front[:, other]) | (one == other)


def edges_and_owners(faces: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Undirected edges of a mesh and the faces on both sides.

    Args:
        faces: ``(F, 3)``.

    Returns:
        Vertices of each edge ``(E, 2)`` and its two faces ``(E, 2)``, twice the same at a border.
    """
    sides = np.sort(faces[:, [[0, 1], [1, 2], [2, 0]]].reshape(-1, 2), axis=1)
    edges, which = unique_rows(sides)
    face = np.arange(len(faces)).repeat(3)
    order = np.argsort(which, kind="stable")
    first = np.searchsorted(which[order], np.arange(len(edges)))
    last = np.searchsorted(which[order], np.arange(len(edges)), side="right") - 1
    return edges, np.stack([face[order][first], face[order][last]], axis=1)


def _blends(
    sweep: Tensor, across: Tensor, first: Tensor, strides: tuple[int, int], limits: tuple[int, int], mask: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Pixel pairs that edges cut on every line they cross.

    Args:
        sweep: Coordinate of both edge ends that numbers the lines, ``(N, 2)`` pixels.
        across: The other coordinate, ``(N, 2)``.
        first: First pixel of each edge's picture, ``(N,)``.
        strides: Flat steps from line to line and along a line.
        limits: Number of lines and their length.
        mask: Covered pixels, flat.

    Returns:
        Pixel to change, pixel to mix in, and the differentiable weight, each ``(M,)``.
    """
    order = sweep.detach().argsort(dim=1)
    (low, high), (start, stop) = (axis.gather(1, order).unbind(1) for axis in (sweep, across))
    with torch.no_grad():
        begin, end = (value.nan_to_num(0.0).ceil().clamp(0, limits[0]).long() for value in (low, high))
        counts = end - begin
        owner = torch.repeat_interleave(counts)
        rank = torch.arange(len(owner), device=owner.device) - (counts.cumsum(0) - counts)[owner]
        line = begin[owner] + rank
    slope = (stop - start)[owner] / (high - low)[owner]
    crossing = start[owner] + slope * (line - low[owner])
    with torch.no_grad():
        before = crossing.floor().clamp(-1, limits[1]).long()
        inside = (before >= 0) & (before < limits[1] - 1)
        pixel = first[owner] + line * strides[0] + before * strides[1]
        here, there = (torch.where(inside, at, 0) for at in (pixel, pixel + strides[1]))
        kept = (mask[here] != mask[there]).nonzero().squeeze(1)
        pixel, before = pixel[kept], before[kept]
        repeats = torch.zeros_like(mask, dtype=torch.long).index_add_(0, pixel, torch.ones_like(pixel))
    past_middle = crossing[kept] - before - 0.5
    with torch.no_grad():
        beyond = (past_middle > 0).long() * strides[1]
        target, source = pixel + beyond, pixel + strides[1] - beyond
    return target, source, past_middle.abs() / repeats[pixel]
