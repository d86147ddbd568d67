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


def highlight(tangent: Tensor, normal: Tensor, lamp: Tensor) -> Tensor:
    """Light of a lamp that strands mirror (Kajiya and Kay), where they face it.

    Args:
        tangent: Unit directions of the strands, ``(N, 3)``.
        normal: Unit normals of the surface they make, ``(N, 3)``.
        lamp: Unit vectors to the lamp, ``(N, 3)``.

    Returns:
        Soft and sharp highlight, ``(N, 2)`` in [0, 1].
    """
    half = F.normalize(lamp + lamp.new_tensor([0.0, 0.0, 1.0]), dim=-1)
    aligned = (tangent * half).sum(-1)
    across = (1.0 - aligned * aligned).clamp(min=0.0)  # the sine, squared once
    lit = (normal * lamp).sum(-1).clamp(0.0, 1.0)
    return torch.stack([squared(across, times - 1) * lit for times in HIGHLIGHTS], dim=-1)
