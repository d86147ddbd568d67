"""The coarse side of a photo from its fit, in place of the encoder's."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.renderers.camera import nearest_orthographic
from aucgan.structures import FlameCodes

INNER = slice(17, None)
"""Landmarks that stay where they are on the skin; those before them are the contour."""


@torch.no_grad()
def fitted_codes(model: Any, fits: Mapping[str, Tensor]) -> Tensor:
    """Fitted codes as the encoder would give them, ``(B, K)``.

    The camera is the flat one that shows the head's landmarks most nearly where the fit does.

    Args:
        model: A reconstructor, whose widths count: codes are cut off or filled with 0.
        fits: ``shape``, ``tex``, ``exp``, ``pose``, ``light`` and ``seen``, as
            :class:`~aucgan.datasets.features.fits.ViewedFits` has them, ``(B, ·)`` each.
    """
    sizes = model.code_scale.sizes
    shape, tex, exp = (_columns(fits[name], sizes[f"n_{name}"]) for name in ("shape", "tex", "exp"))
    _, landmarks, _ = model.flame(shape, exp, fits["pose"])
    cam = nearest_orthographic(landmarks[:, INNER], fits["seen"][:, INNER])
    return FlameCodes(shape, tex, exp, fits["pose"], cam, fits["light"]).to_vector()


def _columns(codes: Tensor, count: int) -> Tensor:
    return F.pad(codes[:, :count], (0, max(0, count - codes.shape[1])))
