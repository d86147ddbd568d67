"""The look of hair close by: strands, locks, and the two highlights that run across them."""

from __future__ import annotations

from functools import cache

import numpy as np
import torch
import torch.nn.functional as F
from scipy import ndimage
from torch import Tensor

from aucgan.datasets.procedural.photo.skin_light import squared

AROUND, ALONG = 1024, 128
"""Texels of the pattern round the head and down a strand."""
HIGHLIGHTS = (4, 6)
"""How often the sine of the soft and the sharp highlight is squared."""


@cache
def pattern() -> Tensor:
    """Two fields, mean 0 and deviation 1: fine strands, and the locks they lie in, ``(1, 2, ALONG, AROUND)``."""
    rng = np.random.default_rng(17)
    fields = []
    for across, down in ((1.1, 22.0), (7.0, 34.0)):
        field = ndimage.gaussian_filter(rng.standard_normal((ALONG, AROUND)), (down, across), mode="wrap")
        fields.append(field / field.std())
    return torch.as_tensor(np.stack(fields)[None], dtype=torch.float32)


def strands_at(around: Tensor, along: Tensor) -> Tensor:
    """The pattern at turns round the head and places along strands, both ``(N,)`` in any range, ``(2, N)``."""
    place = torch.stack([around.remainder(1.0), along.remainder(1.0)], dim=-1) * 2.0 - 1.0
    return F.grid_sample(pattern(), place[None, None], padding_mode="border", align_corners=False)[0, :, 0]


def highlight(tangents: Tensor, facing: Tensor, lamps: Tensor) -> tuple[Tensor, Tensor]:
    """Light of lamps that strands mirror (Kajiya and Kay), where they face them.

    Args:
        tangents: Unit directions of the strands, ``(3, N)``.
        facing: Cosines between the normals of the surface they make and the lamps, ``(L, N)``.
        lamps: Unit vectors to the lamps, ``(L, 3)``.

    Returns:
        Soft and sharp highlight, each ``(L, N)`` in [0, 1].
    """
    half = F.normalize(lamps + lamps.new_tensor([0.0, 0.0, 1.0]), dim=-1)
    aligned = half @ tangents
    across = (1.0 - aligned * aligned).clamp_(min=0.0)  # the sine, squared once
    lit = facing.clamp(0.0, 1.0)
    soft, sharp = (squared(across, times - 1) * lit for times in HIGHLIGHTS)
    return soft, sharp
