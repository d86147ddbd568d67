"""Where on an aligned face each action unit acts.

The muscular basis of the units is that of the FACS manual (Ekman, Friesen & Hager, Facial action coding system,
2002): the muscle named beside each unit below. A region is a sum of Gaussian spots over the places where that
muscle moves or folds the skin; where the spots lie on an average face was laid out by us in the frame of the
68 landmarks' box, whose corners are (0,0) at the upper left (brows, contour) and (1,1) at the lower right (chin).
"""

from __future__ import annotations

from functools import reduce
from operator import add

import torch
from torch import Tensor

from aucgan.action_units import MAIN_AUS

Spot = tuple[float, float, float, float]
"""Centre x, y and standard deviations of a Gaussian, in units of the landmark box."""

PAIRED_SPOTS: dict[int, list[Spot]] = {
    1: [(0.42, 0.02, 0.09, 0.12)],  # frontalis, pars medialis
    2: [(0.20, 0.00, 0.10, 0.12)],  # frontalis, pars lateralis
    4: [(0.45, 0.08, 0.08, 0.09)],  # corrugator and depressor supercilii, procerus
    5: [(0.30, 0.18, 0.10, 0.05)],  # levator palpebrae superioris
    6: [(0.14, 0.22, 0.07, 0.09), (0.26, 0.36, 0.12, 0.07)],  # orbicularis oculi, pars orbitalis
    7: [(0.30, 0.22, 0.11, 0.05)],  # orbicularis oculi, pars palpebralis
    9: [(0.46, 0.28, 0.06, 0.08), (0.41, 0.48, 0.05, 0.07)],  # levator labii superioris alaeque nasi
    10: [(0.40, 0.58, 0.08, 0.08)],  # levator labii superioris
    11: [(0.33, 0.54, 0.07, 0.09)],  # zygomaticus minor
    12: [(0.31, 0.68, 0.07, 0.07), (0.25, 0.50, 0.10, 0.10)],  # zygomaticus major
    13: [(0.32, 0.66, 0.06, 0.08)],  # levator anguli oris (caninus)
    14: [(0.29, 0.72, 0.06, 0.06)],  # buccinator
    15: [(0.33, 0.80, 0.06, 0.08)],  # depressor anguli oris (triangularis)
    16: [(0.42, 0.84, 0.08, 0.07)],  # depressor labii inferioris
    20: [(0.29, 0.75, 0.09, 0.06)],  # risorius, platysma
    38: [(0.42, 0.53, 0.05, 0.05)],  # nasalis, pars alaris
    39: [(0.43, 0.50, 0.05, 0.07)],  # nasalis, pars transversa; depressor septi nasi
}
"""FACS number → spots on the left half of the picture; each has its mirror image on the right half."""

CENTRAL_SPOTS: dict[int, list[Spot]] = {
    17: [(0.50, 0.93, 0.12, 0.08)],  # mentalis
    18: [(0.50, 0.73, 0.12, 0.10)],  # incisivii labii superioris and inferioris
    19: [(0.50, 0.77, 0.09, 0.08)],  # tongue
    22: [(0.50, 0.73, 0.14, 0.11)],  # orbicularis oris, both lips outward
    23: [(0.50, 0.73, 0.14, 0.07)],  # orbicularis oris, tightening
    24: [(0.50, 0.73, 0.14, 0.05)],  # orbicularis oris, pressing
    25: [(0.50, 0.73, 0.15, 0.06)],  # depressor labii inferioris, or mentalis and orbicularis oris relaxed
    26: [(0.50, 0.82, 0.18, 0.12)],  # masseter relaxed, temporalis and pterygoideus internus
    27: [(0.50, 0.82, 0.20, 0.16)],  # pterygoidei, digastricus
    32: [(0.50, 0.75, 0.12, 0.06)],  # lip between the teeth (orbicularis oris)
}
"""FACS number → spots across the midline."""


def region_maps(height: int, width: int, crop_scale: float = 1.6, device: torch.device | None = None) -> Tensor:
    """The region of each main action unit in an aligned crop.

    Args:
        height: Rows of the map.
        width: Columns of the map.
        crop_scale: Side of the square crop over the side of the landmark box at its centre.
        device: Where the map is made.

    Returns:
        Weights in [0,1], ``(27, height, width)``, in the order of the 27 main units.
    """
    x = _box_coordinate(width, crop_scale, device)[None, :]
    y = _box_coordinate(height, crop_scale, device)[:, None]
    return torch.stack([reduce(add, (_gaussian(x, y, spot) for spot in _spots(au))) for au in MAIN_AUS]).clamp(max=1.0)


def _spots(au: int) -> list[Spot]:
    paired = PAIRED_SPOTS.get(au, [])
    mirrored = [(1.0 - x, y, sx, sy) for x, y, sx, sy in paired]
    return paired + mirrored + CENTRAL_SPOTS.get(au, [])


def _box_coordinate(n: int, crop_scale: float, device: torch.device | None) -> Tensor:
    """Pixel centres of a crop of ``n`` pixels, in units of the landmark box at its centre."""
    return ((torch.arange(n, device=device) + 0.5) / n - 0.5) * crop_scale + 0.5


def _gaussian(x: Tensor, y: Tensor, spot: Spot) -> Tensor:
    centre_x, centre_y, sigma_x, sigma_y = spot
    return torch.exp(-0.5 * (((x - centre_x) / sigma_x) ** 2 + ((y - centre_y) / sigma_y) ** 2))
