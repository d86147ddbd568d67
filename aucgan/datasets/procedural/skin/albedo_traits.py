"""The traits that the albedo model varies, and how far one standard deviation of each goes."""

from __future__ import annotations

SKIN_TRAITS: dict[str, float] = {
    "tone": 1.0,
    "undertone": 1.0,
    "ruddiness": 1.0,
    "blush": 0.13,
    "nose_red": 0.10,
    "chin_red": 0.08,
    "forehead_light": 0.05,
    "mouth_pigment": 0.08,
    "eye_circles": 0.15,
    "lid_tint": 0.12,
    "temple_shade": 0.06,
    "cheek_contour": 0.08,
    "bridge_light": 0.06,
    "ear_red": 0.10,
    "neck_tone": 0.05,
    "left_right": 0.03,
    "freckles": 0.09,
    "age_spots": 0.05,
    "mole_left": 0.17,
    "mole_right": 0.17,
    "mole_chin": 0.17,
    "mole_brow": 0.17,
    "blotch_0": 0.013,
    "blotch_1": 0.012,
    "blotch_2": 0.01,
    "blotch_3": 0.009,
}
"""Trait of the skin → its standard deviation, as opacity of the painted layer or as reflectance."""

HAIR_TRAITS: dict[str, float] = {
    "hair_light": 1.0,
    "hair_red": 1.0,
    "hair_gray": 0.09,
    "hairline": 1.8,
    "hair_density": 0.10,
    "brow_dark": 0.20,
    "brow_thick": 0.55,
    "brow_up": 0.8,
    "brow_tilt": 1.2,
    "brow_gap": 0.7,
    "stubble": 0.13,
    "moustache": 0.13,
    "goatee": 0.13,
    "sideburn": 0.12,
}
"""Trait of hair and beard → its standard deviation, as opacity, or in millimetres for the shapes."""

FEATURE_TRAITS: dict[str, float] = {
    "lip_red": 1.0,
    "lip_dark": 1.0,
    "lip_size": 0.5,
    "lip_opacity": 0.1,
    "eyeliner": 0.22,
    "eye_shadow": 0.14,
    "iris_light": 1.0,
    "iris_blue": 1.0,
    "sclera_tint": 1.0,
    "teeth_tint": 1.0,
}
"""Trait of lips, eyes and mouth → its standard deviation."""

TRAITS: dict[str, float] = SKIN_TRAITS | HAIR_TRAITS | FEATURE_TRAITS
N_TRAITS = len(TRAITS)
