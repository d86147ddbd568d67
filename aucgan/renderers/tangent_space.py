"""Normals relative to the coarse surface: what normal textures hold."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.numerics.constants import constant_like
from aucgan.renderers.normals import cross_columns, unit_columns


def tangent_space_normals(normals: Tensor, positions: Tensor, surface_normals: Tensor) -> Tensor:
    """Express UV normals in the frame (tangent along u, bitangent along v, coarse normal).

    Args:
        normals: Detailed normals, ``(B, 3, S, S)``.
        positions: Position map of the coarse surface; row 0 is v = 1, ``(B, 3, S, S)``.
        surface_normals: Coarse normals, ``(B, 3, S, S)``.

    Returns:
        ``(B, 3, S, S)`` unit vectors, (0, 0, 1) where the two normals agree or the map is empty.
    """
    tangent, bitangent, up = tangent_frame(positions, surface_normals)
    local = torch.stack([(axis * normals).sum(1) for axis in (tangent, bitangent, up)], dim=1)
    empty = (normals.square().sum(1, keepdim=True) == 0) | (surface_normals.square().sum(1, keepdim=True) == 0)
    flat = constant_like(normals, (0.0, 0.0, 1.0)).view(1, 3, 1, 1)
    return torch.where(empty, flat, unit_columns(local, dim=1))


def tangent_frame(positions: Tensor, surface_normals: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The frame of a surface at every texel: along u, along v, and up.

    Args:
        positions: Position map; row 0 is v = 1, ``(B, 3, S, S)``.
        surface_normals: Its normals, ``(B, 3, S, S)``.

    Returns:
        Tangent, bitangent and unit normal, orthogonal, ``(B, 3, S, S)`` each; zeros where the map is empty.
    """
    up = unit_columns(surface_normals, dim=1)
    right = _derivative(positions, dim=3)
    away = -_derivative(positions, dim=2)
    tangent = unit_columns((right - up * (right * up).sum(1, keepdim=True)), dim=1)
    bitangent = cross_columns(up, tangent, dim=1)
    mirrored = (bitangent * away).sum(1, keepdim=True) < 0
    return tangent, torch.where(mirrored, -bitangent, bitangent), up


def _derivative(maps: Tensor, dim: int) -> Tensor:
    """Central difference along a side of the maps, one-sided at its ends."""
    return torch.gradient(maps, dim=dim)[0]
