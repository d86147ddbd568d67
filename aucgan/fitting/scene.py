"""Light, albedo and visible skin of photos, as far as a state of the fit explains them."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor

from aucgan.fitting.observed import Observed
from aucgan.fitting.picture import Picture
from aucgan.fitting.skin import Skin
from aucgan.fitting.view import View, on_film
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer
from aucgan.renderers.shading import sh_basis

ALTERNATIONS = 3
"""Light and albedo are solved in turns, so often."""
LIGHT_RIDGE, COLOUR_RIDGE = 1e-2, 1.0
"""Pull of the light's coefficients, and of the albedo's, whose deviations are one."""
COLOUR_SIGMA = 0.06
"""Deviation of a photo's colours from those of lit skin, in [0, 1]."""
CLIP = 2.0
"""Differences beyond so many deviations count less and less: hair, glasses, shadows."""
BEHIND = 0.004
"""A place is hidden if something is nearer to the camera by more than this, metres."""


@dataclass(frozen=True)
class Scene:
    """What photos show besides geometry; fixed while the geometry is moved.

    Attributes:
        picture: The parts of the photos.
        skin: The places.
        visible: Which places can be seen, ``(B, S)`` bool.
        codes: Of the albedo, ``(B, C)``.
        albedo: Of the places, ``(B, S, 3)``.
        light: Spherical harmonics in the camera's frame, ``(B, 9, 3)``.
    """

    picture: Picture
    skin: Skin
    visible: Tensor
    codes: Tensor
    albedo: Tensor
    light: Tensor


@dataclass(frozen=True)
class Places:
    """The places on the skin in a state.

    Attributes:
        centres: In the camera's frame, ``(B, S, 3)``.
        edges: Two edges of each triangle, ``(B, S, 2, 3)``.
        pixels: Of the centres, in the photos, ``(B, S, 2)``.
        area: Twice the area of the triangles, ``(B, S, 1)``.
        normals: ``(B, S, 3)``.
    """

    centres: Tensor
    edges: Tensor
    pixels: Tensor
    area: Tensor
    normals: Tensor

    @classmethod
    def of(cls, corners: View) -> Places:
        """From a view of the corners."""
        three = corners.placed.unflatten(1, (-1, 3))
        edges = torch.stack([three[:, :, 1] - three[:, :, 0], three[:, :, 2] - three[:, :, 0]], 2)
        normals = torch.linalg.cross(edges[:, :, 0], edges[:, :, 1])
        area = normals.norm(dim=-1, keepdim=True).clamp(min=1e-12)
        pixels = corners.everywhere.unflatten(1, (-1, 3)).mean(2)
        return cls(three.mean(2), edges, pixels, area, normals / area)


def seen_scene(skin: Skin, picture: Picture, corners: View, verts: Tensor, faces: Tensor) -> Scene:
    """Look at the photos from a state.

    Args:
        skin: The places.
        picture: The photos.
        corners: The places' corners in the state.
        verts: The whole heads in the camera's frame, ``(B, V, 3)`` metres.
        faces: ``(F, 3)``.
    """
    places = Places.of(corners)
    visible = _visible(places, picture, corners.observed, corners.state.translation[:, 2], verts, faces)
    target = picture.at(places.pixels)[0]
    codes, light = _lit(skin, target, places.normals, visible)
    return Scene(picture, skin, visible, codes, skin.at_places(skin.colours(codes)), light)


def irradiance(normals: Tensor, light: Tensor) -> Tensor:
    """Of normals ``(B, S, 3)`` under ``(B, 9, 3)``: ``(B, S, 3)``."""
    return sh_basis(normals.transpose(1, 2)).transpose(1, 2) @ light


def _visible(
    places: Places, picture: Picture, observed: Observed, depth: Tensor, verts: Tensor, faces: Tensor
) -> Tensor:
    """Places within the picture, turned towards the camera, and behind nothing, ``(B, S)``."""
    spots = picture.place(on_film(verts, observed, depth))
    nearest = TorchRasterizer(image_size=picture.size)(torch.cat([spots, -verts[..., 2:]], 2), faces).zbuf
    where = picture.place(places.pixels)
    column, row = ((where + 1) * picture.size / 2).floor().long().clamp(0, picture.size - 1).unbind(-1)
    front = nearest[torch.arange(len(nearest))[:, None], row, column]
    towards = (places.normals * -places.centres).sum(-1) > 0.2 * places.centres.norm(dim=-1)
    return (where.abs() < 0.99).all(-1) & towards & (-places.centres[..., 2] < front + BEHIND)


def _lit(skin: Skin, target: Tensor, normals: Tensor, visible: Tensor) -> tuple[Tensor, Tensor]:
    """Albedo codes and light that explain colours ``(B, S, 3)``, by turns, robustly."""
    basis = sh_basis(normals.transpose(1, 2)).transpose(1, 2)  # (B, S, 9)
    codes = target.new_zeros(len(target), len(skin.basis))
    mean, moves = skin.at_places(skin.albedo), skin.at_places(skin.basis)  # (S, 3), (C, S, 3)
    weight = visible.to(target)[..., None].expand_as(target)
    light = target.new_zeros(len(target), 9, 3)
    for _ in range(ALTERNATIONS):
        albedo = mean + (codes @ moves.flatten(1)).unflatten(1, (-1, 3))
        rows = basis[..., None, :] * albedo[..., None]  # (B, S, 3, 9)
        light = _ridge(rows.permute(0, 2, 1, 3), target.transpose(1, 2), weight.transpose(1, 2), LIGHT_RIDGE)
        light = light.transpose(1, 2)  # (B, 9, 3)
        shade = basis @ light
        lines = (shade[:, None] * moves).flatten(2).transpose(1, 2)  # (B, 3 S, C)
        codes = _ridge(lines, (target - mean * shade).flatten(1), weight.flatten(1), COLOUR_RIDGE)
        albedo = mean + (codes @ moves.flatten(1)).unflatten(1, (-1, 3))
        away = (target - albedo * shade).square().sum(-1, keepdim=True) / (COLOUR_SIGMA * CLIP) ** 2
        weight = (visible[..., None] / (1 + away)).expand_as(target)
    return codes, light


def _ridge(rows: Tensor, target: Tensor, weight: Tensor, ridge: float) -> Tensor:
    """Weighted least squares of ``(..., M, K)`` against ``(..., M)`` in units of the colours' deviation."""
    scaled = rows * (weight / COLOUR_SIGMA**2)[..., None]
    eye = torch.eye(rows.shape[-1], dtype=rows.dtype)
    gram = scaled.transpose(-1, -2) @ rows + ridge * eye
    return torch.linalg.solve(gram, (scaled.transpose(-1, -2) @ target[..., None])).squeeze(-1)
