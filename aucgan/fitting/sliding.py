"""Where a detector puts its points on a turned head: it slides them towards the silhouette."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from aucgan.detection.mesh_points import MIRROR468
from aucgan.fitting.fit_state import FitState

TABLE = Path(__file__).parent / "data" / "sliding.npz"
"""What ``benchmarks/sliding_points.py`` measured on plain renders of the human head."""


@cache
def _table() -> tuple[Tensor, Tensor]:
    """Yaws from 0 up in radians, ``(Y,)``, and how far each point slides at them, eye distances, ``(Y, 468, 2)``."""
    with np.load(TABLE, allow_pickle=False) as stored:
        yaws, offsets = torch.from_numpy(stored["yaws"]), torch.from_numpy(stored["offsets"])
    return torch.cat([yaws.new_zeros(1), yaws.deg2rad()]), torch.cat([torch.zeros_like(offsets[:1]), offsets])


def slides(state: FitState, unit: Tensor) -> Tensor:
    """How far a detector's points lie from where they belong, beyond what it does from the front.

    Args:
        state: The heads' pose; their yaw and their roll in the picture count.
        unit: Pixels of an eye distance, ``(B,)``.

    Returns:
        Pixels to the right and down, ``(B, 468, 2)``.
    """
    yaws, offsets = _table()
    forward = state.rotation[:, :, 2]
    yaw = torch.atan2(forward[:, 0], forward[:, 2].clamp(min=1e-6))
    size = yaw.abs().clamp(max=float(yaws[-1]) - 1e-6)
    after = torch.searchsorted(yaws, size, right=True)
    share = ((size - yaws[after - 1]) / (yaws[after] - yaws[after - 1]))[:, None, None]
    table = offsets.to(share)
    found = torch.lerp(table[after - 1], table[after], share)
    mirrored = found[:, torch.as_tensor(MIRROR468)] * found.new_tensor([-1.0, 1.0])
    found = torch.where((yaw < 0)[:, None, None], mirrored, found)
    up = torch.nn.functional.normalize(state.rotation[:, :2, 1], dim=1)  # the head's up axis in the picture
    right, down = up.flip(1), torch.stack([-up[:, 0], up[:, 1]], 1)  # pictures count rows downwards
    return found @ torch.stack([right, down], 1) * unit[:, None, None]
