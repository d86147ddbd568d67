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

from aucgan.action_units import MAIN_AUS, SIDED_AUS

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

FACE_PARTS: dict[str, tuple[int, ...]] = {
    "brow": (1, 2, 4),
    "eyes": (5, 6, 7),
    "nose": (9, 38, 39),
    "cheeks": (11, 12),
    "mouth": (14, 15, 16, 18, 20, 22, 23, 24, 25),
    "chin": (17,),
}
"""Part of the face → main units whose spots lie in it; the forehead goes with the brow."""


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
    return _regions([_spots(au) for au in MAIN_AUS], x, y)


def regions_at(x: Tensor, y: Tensor, spread: float = 1.0) -> Tensor:
    """How much each of the 41 action units acts at places of a face.

    Args:
        x: From 0 to 1 across the landmark box of the frontal face, of any shape.
        y: From 0 to 1 down the box, of a shape that broadcasts with it.
        spread: Factor on the size of the spots: folds reach beyond the muscle's spot, and coarse maps beyond folds.

    Returns:
        Weights in [0,1], ``(41, …)``, in the order of :data:`~aucgan.action_units.AU_NAMES`; a left or right unit acts
        on the person's own half.
    """
    units = [_spots(au) for au in MAIN_AUS] + [_spots(au, side) for au in SIDED_AUS for side in "LR"]
    return _regions(units, x, y, spread)


def face_part_at(x: Tensor, y: Tensor) -> Tensor:
    """The part of the face to which a place belongs: that of the spot which is nearest in its standard deviations.

    Args:
        x: From 0 to 1 across the landmark box of the frontal face, of any shape.
        y: From 0 to 1 down the box, of a shape that broadcasts with it.

    Returns:
        Place of the part in :data:`FACE_PARTS`, int64.
    """
    spots = ([spot for au in units for spot in _spots(au)] for units in FACE_PARTS.values())
    nearest = [reduce(torch.minimum, (_squared_distance(x, y, spot) for spot in part)) for part in spots]
    return torch.stack(nearest).argmin(dim=0)


def _spots(au: int, side: str = "") -> list[Spot]:
    """Spots of a main unit, or of the person's own left (``'L'``, at the right of the picture) or right half."""
    paired = PAIRED_SPOTS.get(au, [])
    mirrored = [(1.0 - x, y, sx, sy) for x, y, sx, sy in paired]
    return {"L": mirrored, "R": paired}.get(side, paired + mirrored + CENTRAL_SPOTS.get(au, []))


def _regions(units: list[list[Spot]], x: Tensor, y: Tensor, spread: float = 1.0) -> Tensor:
    wide = [[(cx, cy, sx * spread, sy * spread) for cx, cy, sx, sy in spots] for spots in units]
    return torch.stack([reduce(add, (_gaussian(x, y, spot) for spot in spots)) for spots in wide]).clamp(max=1.0)


def _box_coordinate(n: int, crop_scale: float, device: torch.device | None) -> Tensor:
    """Pixel centres of a crop of ``n`` pixels, in units of the landmark box at its centre."""
    return ((torch.arange(n, device=device) + 0.5) / n - 0.5) * crop_scale + 0.5


def _gaussian(x: Tensor, y: Tensor, spot: Spot) -> Tensor:
    return torch.exp(-0.5 * _squared_distance(x, y, spot))


def _squared_distance(x: Tensor, y: Tensor, spot: Spot) -> Tensor:
    centre_x, centre_y, sigma_x, sigma_y = spot
    return ((x - centre_x) / sigma_x) ** 2 + ((y - centre_y) / sigma_y) ** 2
