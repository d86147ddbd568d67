"""A head's own UV maps as painters see them: places on the reference, parts, and where skin may be displaced."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np
from scipy import ndimage

from aucgan.datasets.procedural.reference.reference_frame import reference_positions
from aucgan.datasets.procedural.skin.texels import TexelMap, build_texel_map
from aucgan.heads.library import DEFAULT_HEAD, load_head

PART_PRECEDENCE = ("teeth_upper", "teeth_lower", "tongue", "eyeball", "mouth", "lid_rim", "ear")
"""A triangle belongs to the first of these parts that one of its corners belongs to; else it is skin."""


@dataclass(frozen=True)
class PaintedHead:
    """What painters know of a head.

    Attributes:
        reference: Where its vertices lie on the reference anatomy, ``(V, 3)`` metres.
        faces: Triangles, ``(F, 3)``.
        uv_coords: ``(T, 2)`` in [0, 1], v up.
        uv_faces: UV vertices of the triangles, ``(F, 3)``.
        parts: Name of the part of each vertex, ``(V,)``.
    """

    reference: np.ndarray
    faces: np.ndarray
    uv_coords: np.ndarray
    uv_faces: np.ndarray
    parts: np.ndarray


@cache
def painted_head(head: str = DEFAULT_HEAD) -> PaintedHead:
    """A head seen by painters.

    Args:
        head: What :func:`aucgan.heads.load_head` takes.
    """
    loaded = load_head(head)
    chart = (loaded.faces, loaded.uv_coords, loaded.uv_faces, loaded.vertex_parts)
    return PaintedHead(reference_positions(loaded), *chart)


@cache
def head_texels(size: int, head: str = DEFAULT_HEAD) -> TexelMap:
    """Geometry of the mean head, carried to the reference, in a UV map of ``size`` texels a side."""
    painted = painted_head(head)
    return build_texel_map(painted.reference, painted.faces, painted.uv_coords, painted.uv_faces, size)


@cache
def part_map(size: int, head: str = DEFAULT_HEAD) -> np.ndarray:
    """Name of the part every texel shows (or lies next to), ``(S, S)`` of str."""
    painted = painted_head(head)
    of_face = np.full(len(painted.faces), "skin", dtype="<U12")
    for part in reversed(PART_PRECEDENCE):
        of_face[(painted.parts == part)[painted.faces].any(axis=1)] = part
    return of_face[head_texels(size, head).face]


@cache
def displacement_mask(size: int, head: str = DEFAULT_HEAD) -> np.ndarray:
    """Where wrinkles act, ``(S, S)`` float32 in [0, 1]: the topology's face-eye mask at this size."""
    mask = load_head(head).face_eye_mask
    factor = mask.shape[0] // size
    if factor > 1:
        return mask.reshape(size, factor, size, factor).mean((1, 3)).astype(np.float32)
    return ndimage.zoom(mask, size / mask.shape[0], order=1, grid_mode=True, mode="nearest").astype(np.float32)
