"""Random light: a key lamp, a weaker second one and a surround, as spherical harmonics."""

from __future__ import annotations

import numpy as np

SH_FACTORS = np.array([0.2820948] + [1.0233268] * 3 + [0.8580855] * 3 + [0.42904276, 0.24770796])
"""Factors of the renderer's basis [1, x, y, z, xy, xz, yz, x²−y², 3z²−1]."""

MIN_IRRADIANCE = 0.06
"""Darkest irradiance on surfaces turned to the viewer: no light is so hard that second-order shadows turn negative."""


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


def _direction(azimuth: float, elevation: float) -> np.ndarray:
    """Unit vector from degrees; azimuth 0 is the viewer, positive to the person's left."""
    a, e = np.deg2rad([azimuth, elevation])
    return np.array([np.sin(a) * np.cos(e), np.sin(e), np.cos(a) * np.cos(e)])


def _tint(rng: np.random.Generator, strength: float) -> np.ndarray:
    """A light colour of unit luminance between candle and sky."""
    warmth = rng.normal(0.25, 1.0) * strength
    colour = np.array([1.0 + warmth, 1.0 + 0.1 * rng.normal() * strength, 1.0 - warmth])
    return colour / colour.mean()


def sample_light(rng: np.random.Generator, reflectance: float = 0.6) -> np.ndarray:
    """Draw the light of one photo, exposed for a skin.

    Args:
        rng: The source of randomness.
        reflectance: Largest channel of the skin's albedo: the photo is exposed so that it is not clipped.

    Returns:
        SH coefficients, ``(9, 3)`` float32; positive on all surfaces that face the viewer.
    """
    elevation = np.clip(rng.normal(28.0, 25.0), -25.0, 70.0)
    key = lamp(_direction(rng.uniform(-75.0, 75.0), elevation))
    side = lamp(_direction(rng.uniform(-110.0, 110.0), rng.uniform(-30.0, 60.0)))
    surround = np.zeros(9)
    surround[0] = 1.0 / SH_FACTORS[0]
    surround[2] = 0.25 / SH_FACTORS[2]
    light = rng.uniform(0.8, 1.0) * key[:, None] * _tint(rng, 0.045)
    light = light + rng.uniform(0.0, 0.35) * side[:, None] * _tint(rng, 0.08)
    light = light + rng.uniform(0.17, 0.40) * surround[:, None] * _tint(rng, 0.05)
    return _exposed(light, rng.uniform(0.70, 0.98), reflectance).astype(np.float32)


def _exposed(light: np.ndarray, brightest: float, reflectance: float) -> np.ndarray:
    """Scale a light so that the best-lit skin reaches ``brightest``, with a partial adaptation to dark skin."""
    normals = front_normals()
    values = irradiance(normals, light)
    lowest = values.min()
    if lowest < MIN_IRRADIANCE:
        light = light.copy()
        light[0] += (MIN_IRRADIANCE - lowest) / SH_FACTORS[0]
        values = values + (MIN_IRRADIANCE - lowest)
    return light * (brightest / (values.max() * max(reflectance, 0.62)))
