"""Six emotions as sets of action units.

The prototypes of EMFACS [1] in their common short form; intensities are this library's choice for a clear, not
extreme, face.

[1] Friesen & Ekman, EMFACS-7: Emotional Facial Action Coding System, 1983.
"""

from __future__ import annotations

from aucgan.action_units import AU_NAMES

PRESETS: dict[str, dict[str, float]] = {
    "happiness": {"AU6": 0.7, "AU12": 0.9, "AU25": 0.6},
    "sadness": {"AU1": 0.9, "AU4": 0.5, "AU15": 0.8, "AU17": 0.4},
    "surprise": {"AU1": 0.8, "AU2": 0.9, "AU5": 0.8, "AU26": 0.9},
    "fear": {"AU1": 0.8, "AU2": 0.5, "AU4": 0.5, "AU5": 0.9, "AU7": 0.3, "AU20": 0.7, "AU26": 0.5},
    "anger": {"AU4": 0.9, "AU5": 0.5, "AU7": 0.7, "AU23": 0.6, "AU24": 0.4},
    "disgust": {"AU4": 0.4, "AU9": 0.9, "AU10": 0.6, "AU15": 0.5, "AU17": 0.3},
}
"""Intensities in [0, 1] by emotion; units that are not named are 0."""
NEUTRAL = "neutral"
"""The face at rest, beside the six."""


def preset(name: str) -> dict[str, float]:
    """All 41 intensities of an emotion, or of the face at rest.

    Raises:
        ValueError: There is no such preset.
    """
    if name != NEUTRAL and name not in PRESETS:
        raise ValueError(f"there is no preset '{name}'; there are {', '.join((NEUTRAL, *PRESETS))}")
    chosen = PRESETS.get(name, {})
    units = {unit: chosen.get(unit, 0.0) for unit in AU_NAMES}
    return units | {unit: chosen[whole] for unit in AU_NAMES if (whole := f"AU{unit.lstrip('AULR')}") in chosen}
