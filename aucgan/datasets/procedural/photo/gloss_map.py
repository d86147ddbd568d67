"""Where a head mirrors light: oily skin, moist lips, wet eyes."""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.datasets.procedural.skin.face_regions import FaceRegions
from aucgan.datasets.procedural.skin.head_texels import head_texels, part_map

DRY = 0.55
"""What skin mirrors away from the middle of the face, where 1 is an average forehead."""


@cache
def gloss_map(size: int, head: str) -> np.ndarray:
    """How much each texel of a head mirrors, ``(S, S)`` float32: 0 in the mouth, about 1 where skin is oily."""
    regions = FaceRegions(head_texels(size, head).position.reshape(-1, 3).astype(np.float64))
    oily = np.maximum.reduce([
        regions.blob((0, 72), (30, 20)), 1.15 * regions.blob((0, 0), (9, 26)), 0.7 * regions.blob((38, 4), (14, 10)),
        0.6 * regions.blob((0, -74), (12, 9)),
    ])  # fmt: skip
    whole = DRY + (1.0 - DRY) * oily + 0.9 * regions.lips()
    whole = whole * (1.0 - 0.85 * regions.hair())
    parts = part_map(size, head).reshape(-1)
    whole = np.where(np.isin(parts, ("skin", "ear", "lid_rim")), whole, 0.0)
    whole = np.where(np.isin(parts, ("teeth_upper", "teeth_lower", "tongue")), 1.2, whole)
    return whole.reshape(size, size).astype(np.float32)


@cache
def wet_map(size: int, head: str) -> np.ndarray:
    """1 on the eyeballs, ``(S, S)`` float32."""
    return (part_map(size, head) == "eyeball").astype(np.float32)
