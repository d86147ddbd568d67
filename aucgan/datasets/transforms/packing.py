"""From the arrays of a sample to tensors."""

from __future__ import annotations

import numpy as np
import torch

from aucgan.datasets.transforms.face_transform import Effect, FaceTransform
from aucgan.registry import TRANSFORMS


@TRANSFORMS.register_module()
class PackFace(FaceTransform):
    """Turn a sample into tensors: image ``(3, H, W)``, mask ``(1, H, W)``, landmarks in [−1, 1].

    ``gt_displacement`` becomes ``gt_uv_z (1, S, S)``; the sample's generator is dropped.
    """

    effect = Effect.NOTHING

    def transform(self, sample: dict) -> dict:
        """Pack."""
        height, width = sample["image"].shape[:2]
        packed = {k: torch.as_tensor(v) for k, v in sample.items() if k not in ("image", "mask", "rng")}
        packed["image"] = torch.from_numpy(np.ascontiguousarray(sample["image"].transpose(2, 0, 1)))
        packed["mask"] = torch.from_numpy(sample["mask"])[None]
        packed["landmarks"] = packed["landmarks"] * 2 / torch.tensor([width, height]) - 1
        if "gt_displacement" in packed:
            packed["gt_uv_z"] = packed.pop("gt_displacement")[None]
        return packed
