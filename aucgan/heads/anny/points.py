"""Named points of the face: vertices of MakeHuman's base mesh, whose numbering is fixed (hm08)."""

from __future__ import annotations

# Midline points, and the person's left of paired ones.
POINTS: dict[str, int] = {
    "glabella": 227,
    "sellion": 132,
    "pronasale": 297,
    "subnasale": 343,
    "labiale_superius": 455,
    "upper_stomion": 468,
    "lower_stomion": 493,
    "labiale_inferius": 492,
    "menton": 5296,
    "opisthocranion": 962,
    "vertex": 881,
    "alare": 11669,
    "zygion": 12360,
    "gonion": 7690,
    "cheilion": 10403,
    "endocanthion": 7796,
    "exocanthion": 7780,
    "upper_lid": 7773,
    "lower_lid": 7786,
    "eurion": 11970,
}

NECK_CUT = 1491
"""A vertex of the rim of the neck, at the nape."""
