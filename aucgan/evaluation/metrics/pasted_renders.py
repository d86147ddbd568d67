"""The renders of a batch pasted into their photos, as a network that judges faces is shown them."""

from __future__ import annotations

from collections.abc import Sequence

import torch
from torch import Tensor

NEEDS = ("pred_image", "image", "mask")
"""What every sample must have."""


def pasted_renders(samples: Sequence[dict[str, Tensor]]) -> dict[str, Tensor]:
    """Photos and renders under the same surroundings.

    Args:
        samples: ``pred_image`` and ``image`` ``(3, H, W)``, ``mask`` ``(1, H, W)`` where the render replaces the
            photo, and optionally ``coarse_image``.

    Returns:
        ``photo``, ``render`` and, where all samples have one, ``coarse``: ``(B, 3, H, W)`` in [0, 1].
    """
    photo, mask = (torch.stack([sample[key] for sample in samples]) for key in ("image", "mask"))
    pictures = {"photo": photo, "render": torch.stack([sample["pred_image"] for sample in samples])}
    if all("coarse_image" in sample for sample in samples):
        pictures["coarse"] = torch.stack([sample["coarse_image"] for sample in samples])
    return {name: torch.lerp(photo, picture, mask).clamp(0, 1) for name, picture in pictures.items()}
