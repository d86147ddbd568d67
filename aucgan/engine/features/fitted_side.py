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
    shape, tex, exp = (columns(fits[name], sizes[f"n_{name}"]) for name in ("shape", "tex", "exp"))
    cam = flat_camera(model.flame, shape, exp, fits["pose"], fits["seen"])
    return FlameCodes(shape, tex, exp, fits["pose"], cam, fits["light"]).to_vector()


def flat_camera(flame: Any, shape: Tensor, exp: Tensor, pose: Tensor, seen: Tensor) -> Tensor:
    """The flat camera that shows a head's inner landmarks most nearly where they are seen.

    Args:
        flame: The face model.
        shape: ``(B, n_shape)``.
        exp: ``(B, n_exp)``.
        pose: Global rotation and jaw, ``(B, 6)``.
        seen: The 68 landmarks in image space, ``(B, 68, 2)``.

    Returns:
        Scale and translation, ``(B, 3)``.
    """
    _, landmarks, _ = flame(shape, exp, pose)
    return nearest_orthographic(landmarks[:, INNER], seen[:, INNER])


def columns(codes: Tensor, count: int) -> Tensor:
    """The first columns ``(B, count)``; zeros where there are fewer."""
    return F.pad(codes[:, :count], (0, max(0, count - codes.shape[1])))
