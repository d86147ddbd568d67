"""Light as spherical harmonics: what normals receive, and what a lamp is."""

from __future__ import annotations

import numpy as np

SH_FACTORS = np.array([0.2820948] + [1.0233268] * 3 + [0.8580855] * 3 + [0.42904276, 0.24770796])
"""Factors of the renderer's basis [1, x, y, z, xy, xz, yz, x²−y², 3z²−1]."""


def irradiance(normals: np.ndarray, light: np.ndarray) -> np.ndarray:
    """Irradiance ``(N, 3)`` on unit normals ``(N, 3)`` under SH coefficients ``(9, 3)``."""
    x, y, z = normals.T
    basis = np.stack([np.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1], axis=1)
    return (basis * SH_FACTORS) @ light


def lamp(direction: np.ndarray) -> np.ndarray:
    """SH coefficients ``(9,)`` of a distant lamp of unit irradiance: the clamped cosine to second order.

    max(cos, 0) ≈ 1/4 + cos/2 + 5/16 · (3cos² − 1)/2 (Ramamoorthi & Hanrahan 2001), with cos² written in the basis.
    """
    x, y, z = direction / np.linalg.norm(direction)
    second = 15.0 / 32.0
    # cos² = Σ … ; with x² + y² + z² = 1 its basis terms are those below, and the rest is constant.
    constant = 0.25 - 5.0 / 32.0 + second * ((x * x + y * y) / 3.0 + z * z / 3.0)
    zonal = second * (z * z / 3.0 - (x * x + y * y) / 6.0)
    cross = second * 2.0 * np.array([x * y, x * z, y * z])
    bands = np.concatenate([[constant], 0.5 * np.array([x, y, z]), cross, [second * (x * x - y * y) / 2.0, zonal]])
    return bands / SH_FACTORS


def front_normals(count: int = 256) -> np.ndarray:
    """Normals evenly spread over the hemisphere that faces the viewer, ``(count, 3)``."""
    z = (np.arange(count) + 0.5) / count
    turn = np.arange(count) * np.pi * (3.0 - np.sqrt(5.0))
    ring = np.sqrt(1.0 - z * z)
    return np.stack([ring * np.cos(turn), ring * np.sin(turn), z], axis=1)
