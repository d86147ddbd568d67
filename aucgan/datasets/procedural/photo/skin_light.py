"""Light on skin: lamps of some size, a terminator that blood softens, and gloss."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

SCATTER = (0.16, 0.07, 0.04)
"""How far red, green and blue light travels under the skin past the terminator, as a cosine."""
SHEEN, SHINE = (3, 5), (0.55, 0.45)
"""The two lobes of the gloss of skin: how often their cosines are squared, and their shares."""
FRESNEL = 0.022
"""Share of the light that skin mirrors when it comes straight on."""


def lamp_irradiance(normals: Tensor, directions: Tensor, softness: Tensor, scatter: Tensor) -> Tensor:
    """Share of each lamp's light that a surface receives.

    The cosine is clamped not at 0 but at minus how far lamp and skin reach round the terminator: with a reach w and
    c = max((cos + w) / (1 + w), 0), the share is c (1 - w + w c). That is the clamped cosine for w = 0, and has no
    edge at the terminator for w = 1.

    Args:
        normals: Unit normals, ``(B, 3, H, W)``.
        directions: Unit vectors to the lamps, ``(B, L, 3)``.
        softness: Size of the lamps, in [0, 1], ``(B, L)``.
        scatter: How far each channel of a picture scatters, ``(3,)``.

    Returns:
        ``(B, L, 3, H, W)`` in [0, 1].
    """
    batch, lamps = softness.shape
    cosine = torch.bmm(directions, normals.flatten(2)).view(batch, lamps, 1, *normals.shape[2:])
    reach = (softness[..., None] + scatter).clamp(max=1.0)[..., None, None]
    wrapped = ((cosine + reach) / (1.0 + reach)).clamp_(min=0.0)
    return wrapped * (1.0 - reach + reach * wrapped)


def gloss(normals: Tensor, directions: Tensor, squarings: tuple[int, ...], shares: tuple[float, ...]) -> Tensor:
    """Light of each lamp that a surface mirrors to a far viewer (Blinn and Phong, with Schlick's Fresnel term).

    Args:
        normals: Unit normals, ``(B, 3, H, W)``.
        directions: Unit vectors to the lamps, ``(B, L, 3)``.
        squarings: How often the cosine of each lobe is squared: its exponent is a power of two.
        shares: Of the lobes.

    Returns:
        ``(B, L, H, W)``, not negative.
    """
    viewer = directions.new_tensor([0.0, 0.0, 1.0])
    half = F.normalize(directions + viewer, dim=-1)
    shape = (*directions.shape[:2], *normals.shape[2:])
    aligned = torch.bmm(half, normals.flatten(2)).view(shape).clamp_(0.0, 1.0)
    lit = torch.bmm(directions, normals.flatten(2)).view(shape).clamp_(0.0, 1.0)
    grazing = (1.0 - (half @ viewer)).clamp(0.0, 1.0)[..., None, None] ** 5
    mirrored = FRESNEL + (1.0 - FRESNEL) * grazing
    lobes = [share * (2**n + 2.0) / 8.0 * squared(aligned, n) for n, share in zip(squarings, shares, strict=True)]
    return sum(lobes[1:], lobes[0]) * lit * mirrored


def squared(value: Tensor, times: int) -> Tensor:
    """``value ** (2 ** times)``, ten times faster than a power."""
    for _ in range(times):
        value = value * value
    return value
