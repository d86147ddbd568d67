"""Which of MediaPipe's 468 points are where, and which of them stand for iBUG's 68."""

from __future__ import annotations

import numpy as np

N_POINTS = 468
RIGHT_EYE_CORNER, LEFT_EYE_CORNER = 33, 263
"""Outer corners of the eyes; left and right are the person's own."""

# fmt: off
OUTLINE: tuple[int, ...] = (
    10, 338, 297, 332, 284, 251, 389, 356, 454, 323, 361, 288, 397, 365, 379, 378, 400, 377, 152, 148, 176, 149, 150,
    136, 172, 58, 132, 93, 234, 127, 162, 21, 54, 103, 67, 109,
)
"""The outline of the face from the middle of the forehead over the left side; it slides along the silhouette."""

RIGHT_EYE: tuple[int, ...] = (33, 246, 161, 160, 159, 158, 157, 173, 133, 155, 154, 153, 145, 144, 163, 7)
LEFT_EYE: tuple[int, ...] = (263, 466, 388, 387, 386, 385, 384, 398, 362, 382, 381, 380, 374, 373, 390, 249)
"""The rims of the lids from the outer corner over the upper lid to the inner corner and back."""

UPPER_RIMS: tuple[int, ...] = (*RIGHT_EYE[1:8], *LEFT_EYE[1:8])
LOWER_RIMS: tuple[int, ...] = (*RIGHT_EYE[:8:-1], *LEFT_EYE[:8:-1])
"""Points of the upper rims, and those of the lower rims that they meet when the eyes close."""

N_RIM, N_IRIS = len(RIGHT_EYE), 5
"""Points on the rims of an eye's lids; points of an iris, its centre first, which networks of the eyes place."""

LIPS: tuple[int, ...] = (61, 185, 40, 39, 37, 0, 267, 269, 270, 409, 291, 375, 321, 405, 314, 17, 84, 181, 91, 146)
"""The outer border of the lips from the right corner over the upper lip."""

IBUG68: tuple[int, ...] = (
    162, 234, 93, 58, 172, 136, 149, 148, 152, 377, 378, 365, 397, 288, 323, 454, 389,
    71, 63, 105, 66, 107, 336, 296, 334, 293, 301,
    168, 197, 5, 4, 75, 97, 2, 326, 305,
    33, 160, 158, 133, 153, 144, 362, 385, 387, 263, 373, 380,
    61, 39, 37, 0, 267, 269, 291, 405, 314, 17, 84, 181, 78, 82, 13, 312, 308, 317, 14, 87,
)
"""iBUG's 68 points among the 468, in iBUG's order."""

INNER_LIPS: tuple[int, ...] = (
    78, 191, 80, 81, 82, 13, 312, 311, 310, 415, 308, 324, 318, 402, 317, 14, 87, 178, 88, 95,
)
"""The inner border of the lips from the right corner over the upper lip."""

MIDLINE: tuple[int, ...] = (
    0, 1, 2, 4, 5, 6, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 94, 151, 152, 164, 168, 175, 195, 197, 199, 200,
)
"""The points on the middle of the face."""
# fmt: on

FIRST_LEFT = 248
"""The right half is numbered first; from here on the left half follows in the same order."""


def _mirror_index() -> np.ndarray:
    index = np.arange(N_POINTS)
    right = np.setdiff1d(np.arange(FIRST_LEFT), MIDLINE)
    left = np.arange(FIRST_LEFT, N_POINTS)
    index[right], index[left] = left, right
    return index


MIRROR468: np.ndarray = _mirror_index()
"""Which point takes whose place when the picture is flipped left to right, ``(468,)`` int64."""


def to_ibug68(points: np.ndarray) -> np.ndarray:
    """The 68 points of iBUG ``(..., 68, D)`` among the 468 ``(..., 468, D)``."""
    return points[..., IBUG68, :]
