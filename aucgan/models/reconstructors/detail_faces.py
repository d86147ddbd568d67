"""What the detail stage knows of a photo, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from aucgan.models.reconstructors.base import CoarseFace
from aucgan.renderers.render_output import RenderOutput


@dataclass(frozen=True)
class PhotoSide:
    """All that is known of the photo before the generator runs; nothing in it carries a gradient.

    Attributes:
        image: The photo, ``(B, 3, H, W)``.
        face: The coarse face.
        rendered: The coarse render.
        mask: Where photo and render can be compared, ``(B, 1, H, W)``.
        skin: The part of ``mask`` that displacement can change: without eyeballs and the inside of the mouth.
        uv_verts: Positions of the coarse surface in UV, ``(B, 3, S, S)``.
        uv_normals: Its normals, ``(B, 3, S, S)``.
        uv_texture: The photo unwrapped to UV, ``(B, 3, S, S)``.
        uv_visible: Texels that the photo shows, ``(B, 1, S, S)``.
        au_probs: AU probabilities of the photo, ``(B, 41)``.
        afn: AU node features of the photo, ``(B, 27, C)``.
        cond_afn: What the conditional networks are told: ``afn``, or zeros in the ablation, ``(B, 27, C)``.
    """

    image: Tensor
    face: CoarseFace
    rendered: RenderOutput
    mask: Tensor
    skin: Tensor
    uv_verts: Tensor
    uv_normals: Tensor
    uv_texture: Tensor
    uv_visible: Tensor
    au_probs: Tensor
    afn: Tensor
    cond_afn: Tensor


@dataclass(frozen=True)
class DetailFace:
    """The detailed face.

    Attributes:
        uv_z: Displacement along the normal, metres, ``(B, 1, S, S)``.
        uv_normals: Detail normals in FLAME's frame, ``(B, 3, S, S)``.
        uv_shading: Shading in UV, ``(B, 3, S, S)``.
        uv_texture: Albedo times shading, ``(B, 3, S, S)``.
        image: The render, ``(B, 3, H, W)``.
        composite: The render pasted into the photo, ``(B, 3, H, W)``.
        latent: The detailcode that the displacement was made from, ``(B, L)``; None for a displacement from elsewhere.
    """

    uv_z: Tensor
    uv_normals: Tensor
    uv_shading: Tensor
    uv_texture: Tensor
    image: Tensor
    composite: Tensor
    latent: Tensor | None = None
