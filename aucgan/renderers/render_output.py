"""What rendering one mesh gives."""

from __future__ import annotations

from dataclasses import dataclass

from torch import Tensor

from aucgan.renderers.rasterizers.fragments import CoveredPixels, Fragments


@dataclass(frozen=True)
class Surface:
    """What every picture of one mesh needs, and one rasterization gives.

    Attributes:
        pixels: What the rasterizer returned, as covered pixels.
        alpha: 1 where the mesh covers the pixel, ``(B, 1, H, W)``.
        facing: 1 where the covered surface faces the viewer, ``(B, 1, H, W)``.
        grid: UV lookup of every pixel, ``(B, H, W, 2)``.
        normal_images: Normals in the metric frame, ``(B, 3, H, W)``; 0 where empty.
        normals: Vertex normals in the metric frame, ``(B, V, 3)``.
        transformed_normals: Vertex normals in image space, ``(B, V, 3)``.
    """

    pixels: CoveredPixels
    alpha: Tensor
    facing: Tensor
    grid: Tensor
    normal_images: Tensor
    normals: Tensor
    transformed_normals: Tensor


@dataclass(frozen=True)
class RenderOutput:
    """Everything one render call computes; images are ``(B, C, H, W)``.

    Attributes:
        images: Albedo times shading over the background, RGB.
        albedo_images: Albedo over the background, RGB.
        alpha_images: 1 where the mesh covers the pixel; fractions along the outline with ``soft_edges``.
        pos_mask: 1 where the covered surface faces the viewer.
        shading_images: RGB irradiance; 1 when there is no light. Meaningless outside the mesh.
        grid: UV lookup of every pixel in ``grid_sample`` coordinates, ``(B, H, W, 2)``; 0 where empty.
        normals: Vertex normals in the metric frame, ``(B, V, 3)``.
        normal_images: The same, interpolated; 0 where empty.
        transformed_normals: Vertex normals in image space, ``(B, V, 3)``.
        fragments: What the rasterizer returned, as covered pixels.
        surface: What further pictures of the same mesh start from, see :meth:`SRenderY.draw_shape`.
    """

    images: Tensor
    albedo_images: Tensor
    alpha_images: Tensor
    pos_mask: Tensor
    shading_images: Tensor
    grid: Tensor
    normals: Tensor
    normal_images: Tensor
    transformed_normals: Tensor
    fragments: CoveredPixels | Fragments
    surface: Surface
