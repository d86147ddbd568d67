"""Random sets of action units, as faces show them: some together, some never."""

from __future__ import annotations

import numpy as np

from aucgan.action_units import MAIN_AUS, N_AUS, SIDED_AUS, main_index, side_index

MIN_INTENSITY = 0.6
"""An active unit has an intensity in ``[MIN_INTENSITY, 1]``, an inactive one exactly 0."""

NEUTRAL_RATE = 0.04
"""Share of the other photos without any action unit."""

PROTOTYPES: tuple[tuple[int, ...], ...] = (
    (6, 12, 25),  # joy
    (6, 7, 12),
    (1, 4, 15, 17),  # sadness
    (1, 2, 5, 26),  # surprise
    (1, 2, 5, 25, 27),
    (1, 2, 4, 5, 20),  # fear
    (4, 5, 23),  # anger
    (4, 7, 24),
    (9, 10, 16, 17),  # disgust
    (9, 6, 38),
    (14, 12),  # contempt
    (18, 39),
    (22, 25),
    (11, 10, 25),
    (13, 6),
    (19, 26),
    (32, 4),
    (17, 24, 39),
    (20, 16, 25),
    (38, 27),
)
"""Units that move together; the emotion names follow the EMFACS tables."""

EVERYDAY_RATE = 0.3
"""Share of the photos that show what faces mostly do before a camera, and nothing else."""
EVERYDAY: dict[tuple[int, ...], float] = {
    (): 0.16,
    (12,): 0.16,
    (6, 12): 0.14,
    (6, 12, 25): 0.22,  # a smile that shows the teeth
    (6, 7, 12, 25, 26): 0.06,  # a laugh
    (25,): 0.08,
    (25, 26): 0.08,  # somebody speaks
    (1, 2): 0.04,
    (1, 2, 25, 26): 0.03,
    (4,): 0.03,
}
"""Units → share of these photos."""

EXCLUSIVE: tuple[tuple[int, int], ...] = (
    *((12, other) for other in (13, 15, 18, 22)),
    *((13, other) for other in (15, 18, 20, 22)),
    *((18, other) for other in (20, 14, 27, 32, 10, 16)),
    *((22, other) for other in (20, 23, 24, 14, 32)),
    *((24, other) for other in (16, 19, 25, 26, 27, 32, 10)),
    *((26, 27), (23, 27), (17, 27), (17, 26), (19, 32), (19, 17), (32, 25), (32, 26), (32, 27)),
    *((15, 27), (14, 27), (20, 14), (38, 39), (5, 7), (2, 9), (19, 23), (23, 26), (23, 32), (19, 18)),
)
"""Pairs that pull the same tissue in opposite directions, or would need two mouths."""

SINGLE_RATE = {
    1: 0.08, 2: 0.11, 4: 0.06, 5: 0.09, 6: 0.07, 7: 0.13, 9: 0.14, 10: 0.13, 11: 0.14, 12: 0.15, 13: 0.24, 14: 0.25,
    15: 0.21, 16: 0.16, 17: 0.14, 18: 0.40, 19: 0.26, 20: 0.19, 22: 0.31, 23: 0.26, 24: 0.35, 25: 0.07, 26: 0.25,
    27: 0.32, 32: 0.41, 38: 0.13, 39: 0.13,
}  # fmt: skip
"""Chance to join what else is shown, before exclusions: with these, a unit is active in a tenth of the photos."""


def _conflicts(au: int, chosen: list[int]) -> bool:
    return any((au, other) in EXCLUSIVE or (other, au) in EXCLUSIVE for other in chosen)


def sample_active_units(rng: np.random.Generator) -> list[int]:
    """Draw the FACS numbers of the active main units: what is everyday, or prototypes and others together."""
    if rng.random() < EVERYDAY_RATE:
        shares = np.array(list(EVERYDAY.values()))
        return list(list(EVERYDAY)[rng.choice(len(shares), p=shares / shares.sum())])
    if rng.random() < NEUTRAL_RATE:
        return []
    candidates = [au for au in MAIN_AUS if rng.random() < SINGLE_RATE[au]]
    rng.shuffle(candidates)
    if rng.random() < 0.5:
        prototype = PROTOTYPES[rng.integers(len(PROTOTYPES))]
        candidates = [au for au in prototype if rng.random() < 0.85] + candidates
    chosen: list[int] = []
    for au in candidates:
        if au not in chosen and not _conflicts(au, chosen):
            chosen.append(int(au))
    return chosen


def _sample_sides(rng: np.random.Generator, intensity: float) -> tuple[float, float]:
    """Left and right intensity of a sided unit: mostly even, sometimes lopsided, sometimes one side alone."""
    draw = rng.random()
    if draw < 0.65:
        other = intensity
    elif draw < 0.85:
        other = max(MIN_INTENSITY, intensity - rng.uniform(0.1, 0.3))
    else:
        other = 0.0
    return (intensity, other) if rng.random() < 0.5 else (other, intensity)


def sample_action_units(rng: np.random.Generator) -> np.ndarray:
    """Draw one expression.

    Args:
        rng: The source of randomness.

    Returns:
        Intensities of the 41 labels, ``(41,)`` float32, 0 or in ``[0.6, 1]``. The label of a sided main unit is the
        larger of its two sides.
    """
    labels = np.zeros(N_AUS, dtype=np.float32)
    for au in sample_active_units(rng):
        intensity = float(rng.uniform(MIN_INTENSITY, 1.0))
        labels[main_index(au)] = intensity
        if au in SIDED_AUS:
            left, right = _sample_sides(rng, intensity)
            labels[side_index(au, "L")], labels[side_index(au, "R")] = left, right
    return labels
