"""Relief of the skin: wrinkles that action units fold, lines that stay with age, and a fine grain."""

from __future__ import annotations

from functools import cache

import numpy as np
from scipy import ndimage

from aucgan.action_units import N_AUS, SIDED_AUS, main_index, side_index
from aucgan.datasets.procedural.relief import wrinkle_lower, wrinkle_upper
from aucgan.datasets.procedural.relief.creases import Bulge, Furrow, SkinCanvas
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE, WrinkleTraits
from aucgan.datasets.procedural.skin.head_texels import displacement_mask, head_texels
from aucgan.datasets.procedural.skin.texels import TexelMap
from aucgan.heads.library import DEFAULT_HEAD

MAX_RELIEF = 0.004
"""Bound of the displacement in metres: where many folds meet they saturate, as skin does."""

SIDE_PAINTERS = (
    wrinkle_upper.forehead,
    wrinkle_upper.glabella,
    wrinkle_upper.eyes,
    wrinkle_upper.nose,
    wrinkle_lower.folds,
    wrinkle_lower.mouth_corners,
    wrinkle_lower.lip_sides,
    wrinkle_lower.jaw,
)
MIDDLE_PAINTERS = (wrinkle_upper.upper_middle, wrinkle_lower.lower_middle)

DRIVERS: dict[str, dict[int, float]] = {
    "forehead_inner": {1: 1.0, 2: 0.25},
    "forehead_outer": {2: 1.0},
    "glabella": {4: 1.0, 9: 0.25},
    "crows_feet": {6: 1.0, 12: 0.15},
    "lower_lid": {7: 1.0, 6: 0.6, 9: 0.2},
    "upper_lid": {5: 1.0},
    "bunny": {9: 1.0},
    "alar": {38: 1.0, 10: 0.2, 9: 0.2},
    "alar_pinch": {39: 1.0},
    "nasolabial": {12: 1.0, 6: 0.25, 20: 0.25},
    "nasolabial_upper": {11: 1.0, 10: 0.7, 9: 0.7},
    "lip_raise": {10: 1.0},
    "cheek": {6: 0.9, 12: 0.7},
    "puff": {13: 1.0},
    "dimple": {14: 1.0},
    "marionette": {15: 1.0},
    "stretch": {20: 1.0, 12: 0.2},
    "lip_lines": {18: 1.0, 23: 0.35, 24: 0.25},
    "lip_tight": {23: 1.0},
    "lip_press": {24: 1.0},
    "lip_funnel": {22: 1.0},
    "lower_lip": {16: 1.0},
    "parted": {25: 1.0},
    "drop": {26: 1.0},
    "wide": {27: 1.0},
    "nose_root": {9: 1.0, 4: 0.5},
    "mentolabial": {17: 0.9, 15: 0.3, 32: 0.5},
    "chin": {17: 1.0},
    "bite": {32: 1.0},
    "tongue": {19: 1.0},
}
"""Group of strokes → FACS numbers that fold it, with the share of the full depth they reach."""

STATIC: dict[str, tuple[float, float]] = {
    "forehead_inner": (0.0, 0.45),
    "forehead_outer": (0.0, 0.35),
    "glabella": (0.0, 0.35),
    "crows_feet": (0.0, 0.5),
    "lower_lid": (0.1, 0.5),
    "upper_lid": (0.35, 0.1),
    "nasolabial": (0.05, 0.45),
    "cheek": (0.0, 0.2),
    "marionette": (0.0, 0.5),
    "lip_lines": (0.0, 0.2),
    "nose_root": (0.0, 0.15),
    "mentolabial": (0.15, 0.1),
    "alar": (0.2, 0.1),
}
"""Group → share of the full depth that is there at rest: in youth, and added in old age."""

DIMPLE_IN_SMILE = 0.22
"""Share of the dimple that a smile shows per standard deviation of the trait above average."""
GRAIN = 0.00004
"""Standard deviation of the fine relief of an average skin, metres."""
GRAIN_SIZE = 0.8
"""Its Gaussian width in texels of a 128² map: fine, and no finer than the map can hold."""


def group_weights(au: np.ndarray, traits: WrinkleTraits, group: str, side: str | None) -> np.ndarray:
    """How far a group of strokes is folded, ``(B,)`` in about [0, 1.3], for action units ``(B, 41)``."""
    rest = np.ones(len(au))
    drivers = DRIVERS[group]
    if group == "dimple" and traits.dimples > 0:
        drivers = drivers | {12: DIMPLE_IN_SMILE * traits.dimples}
    for number, share in drivers.items():
        column = side_index(number, side) if side is not None and number in SIDED_AUS else main_index(number)
        rest = rest * (1.0 - share * au[:, column])
    young, aged = STATIC.get(group, (0.0, 0.0))
    return (1.0 - rest) * traits.strength + young + aged * traits.age**2


def person_strokes(traits: WrinkleTraits) -> dict[tuple[str, str | None], list[Furrow | Bulge]]:
    """One person's strokes at full depth: group and side (L, R, or None where a group has no sides) → strokes."""
    strokes: dict[tuple[str, str | None], list[Furrow | Bulge]] = {}
    for painter in SIDE_PAINTERS:
        strokes |= {(group, "L"): drawn for group, drawn in painter(traits.half(1)).items()}
        right = painter(traits.half(-1)).items()
        strokes |= {(group, "R"): [stroke.mirrored() for stroke in drawn] for group, drawn in right}
    for painter in MIDDLE_PAINTERS:
        strokes |= {(group, None): drawn for group, drawn in painter(traits).items()}
    return strokes


class WrinkleModel:
    """Displacement maps from action units and a wrinkle code.

    Args:
        texels: The mean head, carried to the reference, in UV at the wanted size.
        mask: Where skin may be displaced, ``(S, S)`` in [0, 1].
    """

    def __init__(self, texels: TexelMap, mask: np.ndarray) -> None:
        self.size = mask.shape[0]
        self.mask = mask.astype(np.float32)
        self._rows = np.flatnonzero((self.mask > 0.0) & texels.inside)
        self._canvas = SkinCanvas(texels.position.reshape(-1, 3)[self._rows], texels.normal.reshape(-1, 3)[self._rows])

    def _drawn(self, strokes: list[Furrow | Bulge]) -> np.ndarray:
        relief = np.zeros(len(self._rows), dtype=np.float32)
        for stroke in strokes:
            self._canvas.draw(relief, stroke)
        return relief

    def displacement(self, au: np.ndarray, code: np.ndarray) -> np.ndarray:
        """Relief of several expressions of one person.

        Args:
            au: Action unit intensities, ``(B, 41)`` in [0, 1].
            code: One wrinkle code, ``(N_WRINKLE,)``, standard normal numbers.

        Returns:
            Displacement along the normal, ``(B, S, S)`` float32 metres, within ±:data:`MAX_RELIEF`.

        Raises:
            ValueError: ``au`` does not have 41 columns, or the code another length.
        """
        if au.ndim != 2 or au.shape[1] != N_AUS:
            raise ValueError(f"au must be (B, {N_AUS}) intensities, got {au.shape}")
        traits = WrinkleTraits.from_code(code)
        relief = np.zeros((len(au), self.size * self.size), dtype=np.float32)
        for (group, side), strokes in person_strokes(traits).items():
            weights = group_weights(au, traits, group, side).astype(np.float32)
            if weights.any():
                relief[:, self._rows] += weights[:, None] * self._drawn(strokes)
        relief = relief.reshape(-1, self.size, self.size) + self._grain(traits)
        return MAX_RELIEF * np.tanh(relief / MAX_RELIEF) * self.mask

    def _grain(self, traits: WrinkleTraits) -> np.ndarray:
        """The fine relief of a skin, ``(S, S)`` metres: the same for all expressions of a person."""
        seed = np.float32(traits.grain).view(np.uint32)
        noise = np.random.default_rng(int(seed)).standard_normal((128, 128)).astype(np.float32)
        noise = ndimage.gaussian_filter(noise, GRAIN_SIZE, mode="wrap")
        noise *= GRAIN * (1 + 0.2 * traits.roughness) / noise.std()
        if self.size == 128:
            return noise
        return ndimage.zoom(noise, self.size / 128, order=3, grid_mode=True, mode="grid-wrap")


@cache
def wrinkle_model(size: int = 256, head: str = DEFAULT_HEAD) -> WrinkleModel:
    """The wrinkles of a head in a UV map of ``size`` texels a side."""
    return WrinkleModel(head_texels(size, head), displacement_mask(size, head))


def displacement(au: np.ndarray, codes: np.ndarray, size: int = 256, head: str = DEFAULT_HEAD) -> np.ndarray:
    """Relief of a batch of faces, each with its own wrinkle code.

    Args:
        au: Action unit intensities, ``(B, 41)`` in [0, 1].
        codes: Wrinkle codes, ``(B, N_WRINKLE)``, standard normal numbers.
        size: Edge of the UV map in texels.
        head: What :func:`aucgan.heads.load_head` takes.

    Returns:
        ``(B, size, size)`` float32 metres along the normal.
    """
    if codes.ndim != 2 or codes.shape != (len(au), N_WRINKLE):
        raise ValueError(f"codes must be ({len(au)}, {N_WRINKLE}) to match au {au.shape}, got {codes.shape}")
    model = wrinkle_model(size, head)
    return np.concatenate([model.displacement(a[None], c) for a, c in zip(au, codes, strict=True)])
