"""The procedural head's own UV maps: template geometry, parts, and where skin may be displaced."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import ndimage

from aucgan.datasets.procedural.skin.texels import TexelMap, build_texel_map
from aucgan.heads.library import load_head
from aucgan.heads.procedural.mesh import head_mesh

PART_PRECEDENCE = ("teeth_upper", "teeth_lower", "tongue", "eyeball", "mouth", "lid_rim", "ear")
"""A triangle belongs to the first of these parts that one of its corners belongs to; else it is skin."""


@cache
def head_texels(size: int) -> TexelMap:
    """Template geometry of the procedural head in a UV map of ``size`` texels a side."""
    mesh = head_mesh()
    return build_texel_map(mesh.vertices, mesh.faces, mesh.uv, mesh.uv_faces, size)


@cache
def part_map(size: int) -> np.ndarray:
    """Name of the part every texel shows (or lies next to), ``(S, S)`` of str."""
    mesh = head_mesh()
    of_face = np.full(len(mesh.faces), "skin", dtype="<U12")
    for part in reversed(PART_PRECEDENCE):
        of_face[mesh.part(part)[mesh.faces].any(axis=1)] = part
    return of_face[head_texels(size).face]


@cache
def displacement_mask(size: int) -> np.ndarray:
    """Where wrinkles act, ``(S, S)`` float32 in [0, 1]: the topology's face-eye mask at this size."""
    mask = load_head("procedural").face_eye_mask
    factor = mask.shape[0] // size
    if factor > 1:
        return mask.reshape(size, factor, size, factor).mean((1, 3)).astype(np.float32)
    return ndimage.zoom(mask, size / mask.shape[0], order=1, grid_mode=True, mode="nearest").astype(np.float32)
