"""How much of the surroundings each vertex of a head sees: sockets, nostrils, neck and mouth are dark."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aucgan.datasets.procedural.skin.texels import vertex_normals
from aucgan.files.cache import cached_arrays
from aucgan.heads.library import load_head
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer

N_VIEWS = 96
"""Directions from which the head is looked at."""
EDGE = 128
"""Pixels of these views."""
JAW_DROPPED = 0.6
"""Share of ``jawOpen`` at which the inside of the mouth is measured."""
TEETH_SEE = 0.5
"""Least share of teeth and tongue: they come forward where the lips draw back."""
BIAS = 0.0025
"""A vertex is seen if nothing lies more than this before it, metres."""


def visible(verts: Tensor, faces: Tensor, directions: Tensor, edge: int = EDGE, bias: float = BIAS) -> Tensor:
    """Which vertices can be seen from far away.

    Args:
        verts: One mesh ``(V, 3)`` in metres.
        faces: ``(F, 3)``.
        directions: Unit vectors towards the viewers, ``(N, 3)``.
        edge: Pixels of the pictures that decide.
        bias: Depth within which what lies before a vertex is the surface itself, metres.

    Returns:
        ``(N, V)`` in [0, 1]: shares of the four pixels around.
    """
    turned = facing(verts[None].expand(len(directions), -1, -1), directions)
    return depth_test(turned, depth_maps(turned, faces, edge), bias)


def facing(verts: Tensor, directions: Tensor) -> Tensor:
    """Turn meshes so that each direction looks down the depth axis, fitted to the picture, ``(N, V, 3)``.

    Args:
        verts: ``(N, V, 3)``.
        directions: Unit vectors towards the viewers, ``(N, 3)``.
    """
    aside = torch.linalg.cross(torch.eye(3)[directions.abs().argmin(1)].to(directions), directions)
    aside = aside / aside.norm(dim=1, keepdim=True)
    axes = torch.stack([aside, torch.linalg.cross(directions, aside), -directions], dim=2)
    turned = verts @ axes
    low, high = turned.amin(1, keepdim=True), turned.amax(1, keepdim=True)
    half = 0.52 * (high - low)[..., :2].amax(2, keepdim=True)
    return torch.cat([(turned - 0.5 * (low + high))[..., :2] / half, turned[..., 2:]], dim=2)


def depth_maps(turned: Tensor, faces: Tensor, edge: int) -> Tensor:
    """Depth of the nearest surface, ``(N, 1, edge, edge)``; far where there is none."""
    pixels = TorchRasterizer(edge).covered(turned, faces)
    far = torch.full((len(turned) * edge * edge,), 1e3)
    return far.scatter_(0, pixels.pixel, pixels.depth).view(-1, 1, edge, edge)


def depth_test(points: Tensor, depth: Tensor, bias: float) -> Tensor:
    """Shares of the four pixels around points ``(N, P, 3)`` with nothing before them, ``(N, P)`` in [0, 1]."""
    edge = depth.shape[-1]
    place = (points[..., :2] + 1.0) * (edge / 2) - 0.5
    corner = place.floor().long()
    share = place - corner
    flat, lit = depth.flatten(1), torch.zeros_like(points[..., 2])
    for dx in (0, 1):
        for dy in (0, 1):
            column, row = ((corner[..., k] + d).clamp(0, edge - 1) for k, d in ((0, dx), (1, dy)))
            free = (flat.gather(1, row * edge + column) > points[..., 2] - bias).to(points.dtype)
            weight = (share[..., 0] if dx else 1 - share[..., 0]) * (share[..., 1] if dy else 1 - share[..., 1])
            lit = lit + weight * free
    return lit


def sphere(count: int) -> np.ndarray:
    """Directions evenly spread over the sphere, ``(count, 3)``."""
    z = 1.0 - (2.0 * np.arange(count) + 1.0) / count
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    ring = np.sqrt(1.0 - z * z)
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1)


@cache
def ambient_share(head: str) -> np.ndarray:
    """Share of the light from all around that reaches each vertex of the mean head, ``(V,)`` float32 in [0, 1].

    The cosine-weighted mean of what is seen over the hemisphere, with an open mouth: its inside shows only then.

    Args:
        head: What :func:`aucgan.heads.load_head` takes.
    """
    loaded = load_head(head)
    verts = loaded.v_template
    if "jawOpen" in loaded.expression_names:
        verts = verts + JAW_DROPPED * loaded.columns("jawOpen")[..., 0]
    digest = hashlib.sha256(verts.tobytes() + loaded.faces.tobytes()).hexdigest()[:16]
    within = np.isin(loaded.vertex_parts, ("teeth_upper", "teeth_lower", "tongue"))
    arrays = cached_arrays(
        f"ambient-{digest}", lambda: {"share": mesh_share(verts, loaded.faces)}, Path(__file__).parent
    )
    return np.where(within, np.maximum(arrays["share"], TEETH_SEE), arrays["share"]).astype(np.float32)


@torch.no_grad()
def mesh_share(verts: np.ndarray, faces: np.ndarray, views: int = N_VIEWS) -> np.ndarray:
    """As :func:`ambient_share`, of any mesh ``(V, 3)``, ``(F, 3)``."""
    directions = sphere(views)
    cosine = np.maximum(directions @ vertex_normals(verts.astype(np.float64), faces).T, 0.0)
    points, triangles = torch.as_tensor(verts.astype(np.float32)), torch.as_tensor(faces.astype(np.int64))
    seen = [
        visible(points, triangles, torch.as_tensor(directions[k : k + 16], dtype=torch.float32))
        for k in range(0, views, 16)
    ]
    return ((torch.cat(seen).numpy() * cosine).sum(0) / np.maximum(cosine.sum(0), 1e-9)).astype(np.float32)
