"""What sex and age do to a head: women and men, young and old have faces of other proportions.

A head's identity columns have no names. Which codes make a jaw broader is read from the landmarks: the people of a
head are N(0, 1) in its codes, so a measure that is linear in them scatters by the length of its gradient, and among
people whose measure is a deviation above the mean, the mean code is that gradient, made a unit long.
"""

from __future__ import annotations

from functools import cache

import numpy as np

from aucgan.heads.library import load_head

MEASURES: dict[str, tuple[tuple[int, int], int, float, float]] = {
    "jaw breadth": ((4, 12), 0, 0.55, 0.0),
    "cheekbone breadth": ((1, 15), 0, 0.40, 0.1),
    "chin height": ((57, 8), 1, 0.50, 0.1),
    "nose breadth": ((31, 35), 0, 0.45, 0.5),
    "nose height": ((27, 33), 1, 0.35, 0.3),
    "mouth breadth": ((48, 54), 0, 0.30, 0.3),
    "upper lip": ((51, 62), 1, -0.20, -0.6),
    "lower lip": ((66, 57), 1, -0.20, -0.5),
    "philtrum": ((33, 51), 1, 0.25, 0.5),
    "eye opening": ((43, 47), 1, -0.30, -0.6),
    "brow over eye": ((24, 43), 1, -0.45, -0.3),
    "brow ridge": ((24, 43), 2, 0.50, 0.1),
}
"""Measure → two landmarks and the axis of their distance; how many deviations men lie above the mean of both sexes, and
people of eighty above those of fifty (Farkas 1994; rounded, as directions and not as numbers)."""
AGES = (50.0, 30.0)
"""The age at which a head is neither young nor old, and the years to the ends."""


def typical_shape(head: str, width: int, woman: bool, age: float) -> np.ndarray:
    """Mean identity code ``(width,)`` of people of a sex and an age.

    Args:
        head: What :func:`aucgan.heads.load_head` takes.
        width: Of the code.
        woman: Or a man.
        age: Years.
    """
    man, old = _directions(head, width)
    share = float(np.clip((age - AGES[0]) / AGES[1], -1.0, 1.0))
    return ((-man if woman else man) + share * old).astype(np.float32)


@cache
def _directions(head: str, width: int) -> tuple[np.ndarray, np.ndarray]:
    """Mean codes of men and of the old, ``(width,)`` each: the smallest whose measures are the typical ones."""
    loaded = load_head(head)
    marks = loaded.landmarks
    corners, weights = loaded.faces[marks.full_faces_idx], marks.full_bary_coords
    columns = loaded.shapedirs[..., : min(width, loaded.n_identity)]
    gradients, wanted = [], []
    for (first, second), axis, man, old in MEASURES.values():
        above, below = (np.einsum("kc,k->c", columns[corners[n], axis], weights[n]) for n in (first, second))
        mean = [(loaded.v_template[corners[n], axis] * weights[n]).sum() for n in (first, second)]
        change = (above - below) * np.sign(mean[0] - mean[1])
        gradients.append(change / max(float(np.linalg.norm(change)), 1e-12))
        wanted.append((man, old))
    codes = np.linalg.lstsq(np.stack(gradients), np.array(wanted), rcond=0.1)[0]
    codes = np.pad(codes, ((0, width - len(codes)), (0, 0)))
    return codes[:, 0], codes[:, 1]
