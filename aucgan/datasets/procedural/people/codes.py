"""A look in the coefficients of the albedo model: what its basis can say of a person."""

from __future__ import annotations

import numpy as np

from aucgan.datasets.procedural.people.look import Look
from aucgan.datasets.procedural.skin import albedo_paint as paint
from aucgan.datasets.procedural.skin.albedo_traits import TRAITS

CODE_LIMIT = 2.5
CALM: dict[str, float] = dict.fromkeys(
    ("blotch_0", "blotch_1", "blotch_2", "blotch_3", "left_right", "neck_tone", "hairline"), 0.6
)
"""Traits that people scatter in less than the model allows, with the share of it."""


def albedo_codes(look: Look, rng: np.random.Generator, traits: tuple[str, ...]) -> np.ndarray:
    """Coefficients of a person.

    Args:
        look: The person's look.
        rng: Draws the traits that a look says nothing of.
        traits: The trait of each coefficient.

    Returns:
        ``(len(traits),)`` float32.
    """
    # Colour that is added to a skin shows more on a dark one: eyes see ratios.
    dark = float(np.clip(look.skin.mean() / 0.55, 0.25, 1.0))
    known = _known(look)
    codes = [known.get(name, rng.standard_normal() * CALM.get(name, 0.8) * dark) for name in traits]
    return np.clip(codes, -CODE_LIMIT, CODE_LIMIT).astype(np.float32)


def _known(look: Look) -> dict[str, float]:
    skin = np.linalg.solve(
        np.stack([paint.SKIN_TONE, paint.SKIN_UNDERTONE, paint.SKIN_RUDDINESS], 1), look.skin - paint.SKIN
    )
    hair = _nearest(look.hair_colour - paint.HAIR, paint.HAIR_LIGHT, paint.HAIR_RED)
    iris = _nearest(look.iris - paint.IRIS, paint.IRIS_LIGHT, paint.IRIS_BLUE)
    stubble = {"none": -1.0, "stubble": 0.6, "moustache": -0.4, "goatee": -0.2, "full": 1.5}[look.beard]
    # What a code takes away was painted on a lighter skin: from a dark one it would take too much.
    light = float(np.clip((look.skin.mean() - 0.15) / 0.43, 0.0, 1.1))
    absent = {
        **dict.fromkeys(("mole_left", "mole_right", "mole_chin", "mole_brow"), -0.24 / TRAITS["mole_left"]),
        "stubble": stubble,
        "freckles": (1.5 * look.freckles * 0.11 - 0.11) / TRAITS["freckles"],
        "age_spots": (0.12 * look.spots - 0.06) / TRAITS["age_spots"],
        "eyeliner": (0.2 * look.liner - 0.14) / TRAITS["eyeliner"],
        "eye_shadow": -0.10 / TRAITS["eye_shadow"],
        "brow_dark": (0.15 * look.brows - 0.5) / TRAITS["brow_dark"],
    }
    return {
        **{name: light * code for name, code in absent.items()},
        **dict(zip(("tone", "undertone", "ruddiness"), skin, strict=True)),
        **dict(zip(("hair_light", "hair_red"), hair, strict=True)),
        **dict(zip(("iris_light", "iris_blue"), iris, strict=True)),
        "hair_gray": look.gray / TRAITS["hair_gray"] * 0.2,
        **dict.fromkeys(("moustache", "goatee", "sideburn"), 0.0),
    }


def _nearest(colour: np.ndarray, *columns: np.ndarray) -> np.ndarray:
    return np.linalg.lstsq(np.stack(columns, 1), colour, rcond=None)[0]
