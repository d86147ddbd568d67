"""Painting one person's albedo: layers of colour over the template head, from skin to eyes."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from scipy import ndimage

from aucgan.datasets.procedural.reference import anatomy
from aucgan.datasets.procedural.skin.albedo_traits import TRAITS
from aucgan.datasets.procedural.skin.face_regions import MM, FaceRegions, soft_step

Colour = np.ndarray

# Reflectances as RGB of a photo: the mean and the change with one standard deviation of a trait.
SKIN = np.array([0.655, 0.500, 0.420])
SKIN_TONE = np.array([0.146, 0.150, 0.147])
SKIN_UNDERTONE = np.array([0.006, 0.008, -0.015])
SKIN_RUDDINESS = np.array([0.014, -0.010, -0.006])
BLOOD = np.array([0.66, 0.30, 0.27])
PIGMENT = np.array([0.30, 0.18, 0.13])
SHADE = np.array([0.36, 0.25, 0.24])
LIGHT = np.array([0.95, 0.86, 0.80])
HAIR = np.array([0.205, 0.145, 0.110])
HAIR_LIGHT = np.array([0.075, 0.060, 0.042])
HAIR_RED = np.array([0.022, -0.008, -0.012])
GRAY = np.array([0.60, 0.59, 0.58])
STUBBLE = np.array([0.22, 0.18, 0.17])
LIP = np.array([0.575, 0.320, 0.305])
LIP_RED = np.array([0.035, -0.030, -0.022])
LIP_DARK = np.array([-0.050, -0.035, -0.030])
LASH = np.array([0.07, 0.05, 0.045])
SHADOW_MAKEUP = np.array([0.34, 0.24, 0.30])
IRIS = np.array([0.165, 0.125, 0.100])
IRIS_LIGHT = np.array([0.045, 0.048, 0.042])
IRIS_BLUE = np.array([-0.020, 0.012, 0.042])
SCLERA = np.array([0.70, 0.68, 0.665])
SCLERA_TINT = np.array([-0.020, -0.030, -0.040])
PUPIL = np.array([0.035, 0.032, 0.032])
CARUNCLE = np.array([0.70, 0.42, 0.40])
CAVITY = np.array([0.17, 0.055, 0.055])
TEETH = np.array([0.83, 0.80, 0.73])
TEETH_TINT = np.array([-0.020, -0.028, -0.045])
TONGUE = np.array([0.62, 0.32, 0.33])
NOSTRIL = np.array([0.13, 0.07, 0.06])

OBLIQUE = np.array([[2.0, 1.0, 2.0], [-2.0, 2.0, 1.0], [-1.0, -2.0, 2.0]]) / 3.0
"""A rotation that hides the axes of noise lattices."""


def over(base: Colour, colour: Colour, opacity: np.ndarray | float) -> Colour:
    """Lay ``colour`` over ``base``, both ``(N, 3)`` or ``(3,)``, with an opacity ``(N,)``."""
    return base + (colour - base) * np.asarray(opacity)[..., None]


def smooth_noise(position: np.ndarray, wavelength: float, seed: int) -> np.ndarray:
    """A smooth random field in space of zero mean and unit variance at points ``(N, 3)``; wavelength in metres."""
    lattice = np.random.default_rng(seed).standard_normal((40, 40, 40))
    turned = position @ OBLIQUE / (0.5 * wavelength) + 20.0
    field = ndimage.map_coordinates(lattice, turned.T, order=3, mode="grid-wrap")
    return ((field - field.mean()) / max(field.std(), 1e-6)).astype(np.float32)


class SkinPainter:
    """Colours of the skin, the hair and the lips for any set of traits.

    Args:
        position: Template positions of the skin texels, ``(N, 3)`` metres.
    """

    def __init__(self, position: np.ndarray) -> None:
        self.position = position
        self.regions = FaceRegions(position)
        self._shapes: dict[str, np.ndarray] = {}

    def paint(self, traits: dict[str, float]) -> Colour:
        """The albedo ``(N, 3)`` RGB for traits given in standard deviations times :data:`TRAITS`."""
        t = dict.fromkeys(TRAITS, 0.0) | traits
        hair = HAIR + t["hair_light"] * HAIR_LIGHT + t["hair_red"] * HAIR_RED
        hair = over(hair, GRAY, 0.08 + t["hair_gray"])
        colour = self._skin(t)
        colour = self._spots(colour, t)
        colour = self._beard(colour, over(STUBBLE, hair, 0.5), t)
        colour = self._lips(colour, t)
        colour = self._eyes(colour, t)
        return self._hair(colour, hair, t)

    def _skin(self, t: dict[str, float]) -> Colour:
        m = self.masks
        skin = SKIN + t["tone"] * SKIN_TONE + t["undertone"] * SKIN_UNDERTONE + t["ruddiness"] * SKIN_RUDDINESS
        colour = np.broadcast_to(skin, self.position.shape).astype(np.float64)
        colour = over(colour, BLOOD, (0.13 + t["blush"]) * m["cheeks"])
        colour = over(colour, BLOOD, (0.12 + t["nose_red"]) * m["nose"])
        colour = over(colour, BLOOD, (0.07 + t["chin_red"]) * m["chin"])
        colour = over(colour, BLOOD, (0.14 + t["ear_red"]) * m["ears"])
        colour = over(colour, LIGHT, (0.05 + t["forehead_light"]) * m["forehead"])
        colour = over(colour, LIGHT, (0.05 + t["bridge_light"]) * m["bridge"])
        colour = over(colour, PIGMENT, (0.08 + t["mouth_pigment"]) * m["mouth_ring"])
        colour = over(colour, SHADE, (0.16 + t["eye_circles"]) * m["under_eye"])
        colour = over(colour, SHADE, (0.12 + t["lid_tint"]) * m["lid"])
        colour = over(colour, PIGMENT, (0.05 + t["temple_shade"]) * m["temples"])
        colour = over(colour, PIGMENT, (0.05 + t["cheek_contour"]) * m["contour"])
        colour = over(colour, PIGMENT, (0.06 + t["neck_tone"]) * m["neck"])
        return colour + (t["left_right"] * m["left"] + 0.008 * m["mottle"])[:, None]

    def _spots(self, colour: Colour, t: dict[str, float]) -> Colour:
        m = self.masks
        for k in range(4):
            colour = colour + t[f"blotch_{k}"] * m[f"blotch_{k}"][:, None] * np.array([0.8, 1.0, 1.0])
        colour = over(colour, PIGMENT, (0.11 + t["freckles"]) * m["freckles"])
        colour = over(colour, PIGMENT, (0.06 + t["age_spots"]) * m["age_spots"])
        for name in ("mole_left", "mole_right", "mole_chin", "mole_brow"):
            colour = over(colour, 0.45 * PIGMENT, (0.24 + t[name]) * m[name])
        return over(colour, NOSTRIL, 0.85 * m["nostrils"])

    def _beard(self, colour: Colour, hair: Colour, t: dict[str, float]) -> Colour:
        m = self.masks
        for name, trait in (("cheeks", "sideburn"), ("chin", "goatee"), ("moustache", "moustache")):
            colour = over(colour, hair, (0.13 + t["stubble"] + t[trait]) * m["beard_" + name])
        return colour

    def _lips(self, colour: Colour, t: dict[str, float]) -> Colour:
        m = self.masks
        lip = LIP + t["lip_red"] * LIP_RED + t["lip_dark"] * LIP_DARK + 0.7 * t["tone"] * SKIN_TONE
        colour = over(colour, lip, (0.80 + t["lip_opacity"]) * self._shape("lips", t["lip_size"]))
        return over(colour, 0.45 * lip, 0.65 * m["lip_seam"])

    def _eyes(self, colour: Colour, t: dict[str, float]) -> Colour:
        m = self.masks
        colour = over(colour, SHADOW_MAKEUP, (0.10 + t["eye_shadow"]) * m["eye_shadow"])
        colour = over(colour, SHADE, 0.45 * m["lid_crease"])
        colour = over(colour, CARUNCLE, 0.8 * m["caruncle"])
        colour = over(colour, LASH, np.clip(0.75 + 0.5 * t["eyeliner"], 0, 1) * m["lashes"])
        return over(colour, LASH, (0.32 + t["eyeliner"]) * m["lower_lashes"])

    def _hair(self, colour: Colour, hair: Colour, t: dict[str, float]) -> Colour:
        m = self.masks
        shape = self._shape("brow", t["brow_up"], t["brow_tilt"], t["brow_thick"], t["brow_gap"])
        brow = shape * (0.92 + 0.10 * m["strands"])
        colour = over(colour, 0.72 * hair, (0.66 + t["brow_dark"]) * brow)
        cap = self._shape("hair", t["hairline"]) * (0.86 + t["hair_density"])
        return over(colour, hair * (1.0 + 0.16 * m["strands"])[:, None], cap)

    def _shape(self, region: str, *deviations: float) -> np.ndarray:
        """A region of variable shape; that of the mean face is kept, for most traits leave it as it is."""
        if any(deviations):
            return getattr(self.regions, region)(*deviations)
        if region not in self._shapes:
            self._shapes[region] = getattr(self.regions, region)()
        return self._shapes[region]

    @cached_property
    def masks(self) -> dict[str, np.ndarray]:
        """The layers that do not change their shape, name → opacity ``(N,)``."""
        return self._skin_masks() | self._spot_masks() | self._feature_masks()

    def _skin_masks(self) -> dict[str, np.ndarray]:
        r, y = self.regions, self.position[:, 1]
        return {
            "cheeks": r.blob((42, -6), (15, 12)),
            "nose": np.maximum(r.blob((0, -5), (9, 9)), 0.8 * r.blob((15, -9), (6, 6))),
            "chin": r.blob((0, -72), (13, 9)),
            "ears": r.ears(),
            "forehead": r.blob((0, 75), (28, 14)),
            "bridge": r.blob((0, 18), (5, 20)),
            "mouth_ring": np.maximum(r.blob((0, -44), (27, 15)), 0.0),
            "under_eye": np.maximum(r.blob((29, 20.5), (11, 4)), 0.8 * r.blob((18, 27), (4, 6))),
            "lid": r.blob((32, 38), (12, 4.5)),
            "temples": r.blob((60, 45), (9, 16)),
            "contour": r.blob((50, -22), (10, 12)),
            "neck": soft_step(-0.092 - y, 0.014) * 1.0,
            "left": soft_step(self.position[:, 0], 0.03) - 0.5,
            "mottle": smooth_noise(self.position, 0.009, 5),
        }

    def _spot_masks(self) -> dict[str, np.ndarray]:
        r = self.regions
        speckle = soft_step(smooth_noise(self.position, 0.0045, 11) - 1.2, 0.5)
        patches = soft_step(smooth_noise(self.position, 0.013, 12) - 1.1, 0.5)
        face = np.maximum(r.blob((26, 2), (22, 16)), r.blob((0, 8), (14, 16)))
        masks = {
            "freckles": speckle * np.maximum(face, 0.4 * r.blob((0, 75), (35, 20))),
            "age_spots": patches * np.maximum(r.blob((50, 5), (18, 30)), r.blob((20, 80), (30, 18))),
            "mole_left": r.blob((34, -24), (1.5, 1.5), side=1),
            "mole_right": r.blob((40, -4), (1.5, 1.5), side=-1),
            "mole_chin": r.blob((13, -64), (1.4, 1.4), side=1),
            "mole_brow": r.blob((22, 66), (1.5, 1.5), side=-1),
            "nostrils": self._nostrils(),
        }
        for k in range(4):
            masks[f"blotch_{k}"] = smooth_noise(self.position, 0.11 / (1 + 0.5 * k), 20 + k)
        return masks

    def _nostrils(self) -> np.ndarray:
        offset = (self.regions.folded[:, :2] - anatomy.NOSTRIL_CENTRE[:2]) / (0.75 * anatomy.NOSTRIL_RADII)
        return np.exp(-0.5 * (offset**2).sum(1) ** 2) * self.regions.front

    def _feature_masks(self) -> dict[str, np.ndarray]:
        r = self.regions
        beard = r.beard()
        whiskers = 0.85 + 0.15 * smooth_noise(self.position, 0.005, 31)
        _, above, _ = r.along(anatomy.UPPER_LID[::-1])
        near_lid = r.blob((32, 39), (13, 5.5))
        seam = np.concatenate([anatomy.UPPER_LIP_INNER, anatomy.mirrored(anatomy.UPPER_LIP_INNER[-2:-1])])
        return {
            **{"beard_" + name: mask * whiskers for name, mask in beard.items()},
            "lip_seam": r.line(seam, 1.1, 0.0),
            "eye_shadow": near_lid * soft_step(-above, 2 * MM),
            "lid_crease": r.line(anatomy.LID_CREASE, 1.2, 0.3),
            "caruncle": r.blob((19.3, 28.3), (1.5, 1.5)),
            "lashes": r.line(anatomy.UPPER_LID, 1.15, 0.25),
            "lower_lashes": r.line(anatomy.LOWER_LID, 0.9, 0.5),
            "strands": smooth_noise(self.position * np.array([1.0, 0.35, 0.6]), 0.006, 41),
        }


def paint_eyes(position: np.ndarray, traits: dict[str, float]) -> Colour:
    """Albedo of the eyeballs at template points ``(N, 3)``: sclera, iris with its dark rim, pupil."""
    t = dict.fromkeys(TRAITS, 0.0) | traits
    folded = np.abs(position[:, :1]), position[:, 1:]
    offset = np.concatenate(folded, axis=1) - anatomy.EYE_CENTRE
    radius = np.where(offset[:, 2] > 0, np.linalg.norm(offset[:, :2], axis=1), 1.0)
    sclera = SCLERA + t["sclera_tint"] * SCLERA_TINT
    iris = IRIS + t["iris_light"] * IRIS_LIGHT + t["iris_blue"] * IRIS_BLUE
    rim = soft_step(radius - 0.8 * anatomy.IRIS_RADIUS, 0.0012)
    colour = np.broadcast_to(over(sclera, BLOOD, 0.0), position.shape)
    colour = over(colour, BLOOD, 0.35 * soft_step(radius - 0.0105, 0.003))
    colour = over(colour, over(iris, 0.35 * IRIS, 0.6 * rim), soft_step(anatomy.IRIS_RADIUS - radius, 0.0007))
    return over(colour, PUPIL, soft_step(anatomy.PUPIL_RADIUS - radius, 0.0006))
