"""Light on surfaces: spherical harmonics, directional and point lights."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from aucgan.numerics.constants import constant_like

SH_FACTORS = (0.2820948,) + (1.0233268,) * 3 + (0.8580855,) * 3 + (0.42904276, 0.24770796)
"""Real SH normalisation times the Lambertian weights 2 pi/3 and pi/4 of bands 1 and 2 (Ramamoorthi & Hanrahan 2001).

Band 0 lacks its weight pi: published encoders regress that coefficient as pi times the radiance's.
"""

GREY = 180 / 255
"""Albedo of shape renders."""

SHAPE_LIGHTS = ((-1.0, 1.0, 1.0), (1.0, 1.0, 1.0), (-1.0, -1.0, 1.0), (1.0, -1.0, 1.0), (0.0, 0.0, 1.0))
SHAPE_LIGHT_INTENSITY = 1.7


def sh_basis(normals: Tensor) -> Tensor:
    """Second-order spherical-harmonics basis of normals ``(B, 3, ...)``; returns ``(B, 9, ...)``."""
    x, y, z = normals.unbind(1)
    bands = [torch.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1]
    factors = constant_like(normals, SH_FACTORS).view(1, 9, *[1] * (normals.dim() - 2))
    return torch.stack(bands, dim=1) * factors


def irradiance(normals: Tensor, light: Tensor) -> Tensor:
    """Irradiance for normals ``(B, 3, ...)`` under SH ``(B, 9, 3)`` or directional ``(B, L, 6)`` light.

    Raises:
        ValueError: The light is neither.
    """
    if light.dim() == 3 and light.shape[1:] == (9, 3):
        return sh_irradiance(normals, light)
    if light.dim() == 3 and light.shape[2] == 6:
        return directional_irradiance(normals, light)
    raise ValueError(f"light must be SH (B, 9, 3) or directional (B, L, 6), got {tuple(light.shape)}")


def sh_irradiance(normals: Tensor, sh_coeffs: Tensor) -> Tensor:
    """Irradiance of a Lambertian surface under second-order SH lighting [1].

    Args:
        normals: Unit normals in the metric frame, ``(B, 3, ...)``.
        sh_coeffs: RGB coefficients, band-major, ``(B, 9, 3)``.

    Returns:
        Linear RGB irradiance, not clamped, ``(B, 3, ...)``.

    [1] Ramamoorthi & Hanrahan, SIGGRAPH 2001.
    """
    x, y, z = normals.flatten(2).unbind(1)
    bands = torch.stack([torch.ones_like(x), x, y, z, x * y, x * z, y * z, x * x - y * y, 3 * z * z - 1], 1)
    weights = sh_coeffs * constant_like(sh_coeffs, SH_FACTORS)[:, None]
    return torch.bmm(weights.transpose(1, 2), bands).view(normals.shape)


def directional_irradiance(normals: Tensor, lights: Tensor) -> Tensor:
    """Mean over directional lights of clamped cosine times intensity.

    Args:
        normals: Unit normals, ``(B, 3, ...)``.
        lights: Direction towards the light (any length) and RGB intensity, ``(B, L, 6)``.

    Returns:
        ``(B, 3, ...)``.
    """
    directions = F.normalize(lights[..., :3], dim=2)
    cosine = torch.bmm(directions, normals.flatten(2)).clamp(0, 1)
    summed = torch.bmm(lights[..., 3:].transpose(1, 2), cosine)
    return (summed / lights.shape[1]).view(normals.shape)


def point_irradiance(positions: Tensor, normals: Tensor, lights: Tensor) -> Tensor:
    """Mean over point lights of cosine times intensity, without falloff or clamping (as in DECA).

    Args:
        positions: Surface points, ``(B, 3, ...)``.
        normals: Unit normals, ``(B, 3, ...)``.
        lights: Position and RGB intensity, ``(B, L, 6)``.

    Returns:
        ``(B, 3, ...)``; negative where the surface turns away.
    """
    towards = F.normalize(lights[:, :, :3, None] - positions.flatten(2)[:, None], dim=2)
    cosine = (towards * normals.flatten(2)[:, None]).sum(2)
    return (torch.bmm(lights[..., 3:].transpose(1, 2), cosine) / lights.shape[1]).view(normals.shape)


def shape_lights(normals: Tensor) -> Tensor:
    """The fixed lights of grey shape renders on the device and in the type of ``normals``, ``(B, 5, 6)``."""
    directions = constant_like(normals, SHAPE_LIGHTS)
    lights = torch.cat([directions, torch.full_like(directions, SHAPE_LIGHT_INTENSITY)], dim=1)
    return lights.expand(normals.shape[0], -1, -1)
