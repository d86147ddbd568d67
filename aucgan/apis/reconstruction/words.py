"""An expression in words."""

from __future__ import annotations

from collections.abc import Mapping

from aucgan.action_units import MAIN_AUS, SIDED_AUS

FAINT, CLEAR, STRONG = 0.15, 0.35, 0.7
"""Intensities from which a unit is mentioned, needs no adverb, and is called strong."""
UNEVEN = 0.2
"""Difference of the sides from which they are told apart."""


def in_words(aus: Mapping[str, float], most: int = 6) -> list[str]:
    """What a face shows, the strongest first, such as ``"strong lip corner puller (AU12)"``.

    Args:
        aus: Intensities in [0, 1] by names of :data:`aucgan.action_units.AU_NAMES`.
        most: How many units are mentioned.

    Returns:
        Empty for a face at rest.
    """
    strongest = sorted(MAIN_AUS, key=lambda au: -aus[f"AU{au}"])[:most]
    return [_unit(au, aus) for au in strongest if aus[f"AU{au}"] >= FAINT]


def _unit(au: int, aus: Mapping[str, float]) -> str:
    value = aus[f"AU{au}"]
    strength = "strong " if value >= STRONG else "" if value >= CLEAR else "slight "
    side = ""
    if au in SIDED_AUS:
        left, right = aus[f"AUL{au}"], aus[f"AUR{au}"]
        if abs(left - right) >= UNEVEN:
            side = f", more on the {'left' if left > right else 'right'}"
    return f"{strength}{MAIN_AUS[au]} (AU{au}{side})"
