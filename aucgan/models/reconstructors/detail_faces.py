"""What the detail stage knows of a photo, and what it makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
        uv_shading: Shading of the coarse surface, ``(B, 3, S, S)``.
        au_probs: AU probabilities of the photo, ``(B, 41)``.
        afn: AU node features of the photo, ``(B, 27, C)``.
        cond_aus: What the conditional networks are told: ``au_probs``, or zeros in the ablation, ``(B, 41)``.
        cond_afn: The same of ``afn``, ``(B, 27, C)``.
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
    uv_shading: Tensor
    au_probs: Tensor
    afn: Tensor
    cond_aus: Tensor
    cond_afn: Tensor


@dataclass(frozen=True)
class FacialExpression:
    """An expression: the one under which a photo was taken, or the one whose wrinkles are wanted.

    Attributes:
        aus: Intensities of the action units in [0, 1], in the order of ``AU_NAMES``, ``(B, 41)``.
        afn: AU node features, ``(B, 27, C)``.
        exp: Expression coefficients, ``(B, n_exp)``.
        jaw_pose: Jaw rotation, axis-angle in radians, ``(B, 3)``.
    """

    aus: Tensor
    afn: Tensor
    exp: Tensor
    jaw_pose: Tensor

    @classmethod
    def of(cls, photo: PhotoSide) -> FacialExpression:
        """The expression that the photo shows."""
        codes = photo.face.codes
        return cls(photo.cond_aus, photo.cond_afn, codes.exp, codes.jaw_pose)

    def with_aus(self, aus: Tensor) -> FacialExpression:
        """The same with other intensities, ``(B, 41)``."""
        return replace(self, aus=aus)

    def __getitem__(self, places: Tensor) -> FacialExpression:
        """Those of some samples."""
        return FacialExpression(self.aus[places], self.afn[places], self.exp[places], self.jaw_pose[places])


@dataclass(frozen=True)
class ShownSkin:
    """What is read from the photo for the generator that looks at the skin.

    Attributes:
        maps: What the photo shows of the skin, in UV, ``(B, C, S, S)``.
        expression: The expression under which it shows that.
    """

    maps: Tensor
    expression: FacialExpression

    def __getitem__(self, places: Tensor) -> ShownSkin:
        """Those of some samples."""
        return ShownSkin(self.maps[places], self.expression[places])


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
        latent: What the displacement was made from, the detailcode ``(B, L)`` or the skin; None for a displacement from
            elsewhere.
    """

    uv_z: Tensor
    uv_normals: Tensor
    uv_shading: Tensor
    uv_texture: Tensor
    image: Tensor
    composite: Tensor
    latent: Tensor | ShownSkin | None = None
