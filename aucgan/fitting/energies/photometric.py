"""Colours of the photo against those of lit skin."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.fitting.energies.energy import Energy
from aucgan.fitting.quadratic import Quadratic
from aucgan.fitting.scene import CLIP, COLOUR_SIGMA, Places, irradiance
from aucgan.fitting.view import DEPTH, View
from aucgan.registry import ENERGIES
from aucgan.renderers.shading import SH_FACTORS


@ENERGIES.register_module()
class PhotometricSkin(Energy):
    """Difference between the photo and visible skin under spherical-harmonics light, robust as the points' distances.

    Light and albedo are those that explain the photo best at the last look; geometry moves places over the picture, and
    turns them in the light.

    Args:
        weight: Factor; neighbouring places err alike.
        sigma: Deviation of a colour, in [0, 1].
        clip: Differences beyond so many σ count less and less.
    """

    needs_photo = True

    def __init__(self, weight: float = 0.02, sigma: float = COLOUR_SIGMA, clip: float = CLIP) -> None:
        super().__init__(weight)
        self.sigma, self.clip = sigma, clip

    def cost(self, view: View) -> Tensor:
        """See :class:`Energy`."""
        square = self._residuals(view, Places.of(view.skin)).square().sum(-1)
        return self.weight * (0.5 * self.clip**2 * torch.log1p(square / self.clip**2)).sum(1)

    def add_to(self, total: Quadratic, view: View) -> None:
        """See :class:`Energy`."""
        scene, places = view.scene, Places.of(view.skin)
        residuals = self._residuals(view, places)
        roots = (self.weight * scene.visible / (1 + residuals.square().sum(-1) / self.clip**2)).sqrt()
        _, slopes = scene.picture.at(places.pixels)
        film = view.skin.film.unflatten(1, (-1, 3))  # (B, S, 3 corners, 2, 3)
        moved = slopes[:, :, None] @ film / 3  # (B, S, 3 corners, 3 colours, 3)
        rows = moved - self._turning(places, scene.albedo, scene.light)
        rows = rows * (roots / self.sigma)[..., None, None, None]  # (B, S, 3 corners, 3 colours, 3)
        count = rows.shape[1] * 3
        chosen = torch.arange(count).expand(len(rows), -1)
        pulled = view.skin.pull(rows.flatten(1, 2), chosen).unflatten(1, (-1, 3)).sum(2)  # (B, S, 3, P)
        by_depth = slopes @ view.skin.film_depth.unflatten(1, (-1, 3)).mean(2)[..., None]  # (B, S, 3, 1)
        pulled[..., DEPTH] += by_depth.squeeze(-1) * (roots / self.sigma)[..., None]
        total.add_squares((roots[..., None] * residuals).flatten(1), pulled.flatten(1, 2))

    def _residuals(self, view: View, places: Places) -> Tensor:
        """In σ, ``(B, S, 3)``; 0 where a place is hidden."""
        scene = view.scene
        away = scene.picture.at(places.pixels)[0] - scene.albedo * irradiance(places.normals, scene.light)
        return torch.where(scene.visible[..., None], away / self.sigma, torch.zeros_like(away))

    @staticmethod
    def _turning(places: Places, albedo: Tensor, light: Tensor) -> Tensor:
        """How the skin's colours follow the corners of its triangles, ``(B, S, 3 corners, 3 colours, 3)``."""
        by_normal = _light_slopes(places.normals, light) * albedo[..., None]  # (B, S, 3 colours, 3)
        normal = places.normals[:, :, None]
        across = (by_normal - (by_normal * normal).sum(-1, keepdim=True) * normal) / places.area[..., None]
        first, second = (edge.expand_as(across) for edge in places.edges[:, :, :, None].unbind(2))
        one, two = torch.linalg.cross(second, across, dim=-1), torch.linalg.cross(across, first, dim=-1)
        return torch.stack([-one - two, one, two], 2)


def _light_slopes(normals: Tensor, light: Tensor) -> Tensor:
    """How irradiance ``(B, S, 3)`` follows the normals ``(B, S, 3)``: ``(B, S, 3 colours, 3)``."""
    x, y, z = normals.unbind(-1)
    zero, one = torch.zeros_like(x), torch.ones_like(x)
    rows = torch.stack([
        zero, zero, zero,  one, zero, zero,  zero, one, zero,  zero, zero, one,  y, x, zero,  z, zero, x,  zero, z, y,
        2 * x, -2 * y, zero,  zero, zero, 6 * z,
    ], -1).unflatten(-1, (9, 3))  # fmt: skip
    weights = light * light.new_tensor(SH_FACTORS)[:, None]
    return torch.einsum("bskd,bkc->bscd", rows, weights)
