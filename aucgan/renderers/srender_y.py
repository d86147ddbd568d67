"""SRenderY: mesh, UV albedo and light to pictures; mesh to UV maps and back."""

from __future__ import annotations

from copy import copy
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from aucgan.heads.library import DEFAULT_HEAD, load_topology
from aucgan.heads.topology import MeshTopology
from aucgan.numerics.precision import full_precision
from aucgan.registry import RENDERERS
from aucgan.renderers.camera import image_to_grid, uv_to_grid
from aucgan.renderers.normals import VertexNormals, grid_normals
from aucgan.renderers.rasterizers.barycentric import interpolate_rows
from aucgan.renderers.rasterizers.fragments import CoveredPixels, Fragments
from aucgan.renderers.rasterizers.rasterizer import Rasterizer, as_size
from aucgan.renderers.render_output import RenderOutput, Surface
from aucgan.renderers.shading import GREY, directional_irradiance, irradiance, shape_lights
from aucgan.renderers.soft_edges import SoftEdges
from aucgan.renderers.tangent_space import tangent_space_normals
from aucgan.renderers.uv_space import UVSpace, resize_map

FRONT_FACING = -0.05
"""A surface counts as facing the viewer where z of its image-space normal is below this."""

MASK_GAIN = 8
"""Pictures take the detail wholly from this reciprocal of the displacement mask on."""


@RENDERERS.register_module()
class SRenderY(nn.Module):
    """The differentiable renderer of both training stages.

    Args:
        image_size: Side of the pictures, or ``(H, W)``.
        uv_size: Side S of the UV maps.
        topology: ``'anny'``, a path, keyword arguments of ``load_topology``, or a ``MeshTopology``.
        rasterizer: Config of any registered rasterizer; gets ``image_size`` when it names none.
        uv_padding: Border around UV islands that repeats their edge, in texels.
        soft_edges: Antialias outlines, so that losses on pictures move them (for the coarse stage).
        blend_normals: Blend coarse normals back where the displacement mask is 0 (DECA); EMOCA does not.
    """

    faces: Tensor
    uv_faces: Tensor
    uv_coords: Tensor
    uv_grid_coords: Tensor
    uv_face_mask: Tensor
    uv_face_eye_mask: Tensor
    uv_fixed_displacement: Tensor

    def __init__(
        self,
        image_size: int | tuple[int, int] = 224,
        uv_size: int = 256,
        topology: str | dict | MeshTopology = DEFAULT_HEAD,
        rasterizer: dict | None = None,
        uv_padding: int = 2,
        soft_edges: bool = False,
        blend_normals: bool = True,
    ) -> None:
        super().__init__()
        self.image_size, self.uv_size = as_size(image_size), uv_size
        self.blend_normals = blend_normals
        self.rasterizer = _build_rasterizer(rasterizer, self.image_size)
        mesh = _as_topology(topology)
        faces, uv_faces = torch.as_tensor(mesh.faces).long(), torch.as_tensor(mesh.uv_faces).long()
        uv_coords = torch.as_tensor(mesh.uv_coords).float()
        for name, value in (("faces", faces), ("uv_faces", uv_faces), ("uv_coords", uv_coords)):
            self.register_buffer(name, value, persistent=False)
        self.register_buffer("uv_grid_coords", uv_to_grid(uv_coords).contiguous(), persistent=False)
        self.vertex_normals = VertexNormals(faces, int(faces.max()) + 1)
        self.soft_edges = SoftEdges(faces) if soft_edges else None
        self.world2uv = UVSpace(faces, uv_coords, uv_faces, uv_size, uv_padding)
        for name in ("face_mask", "face_eye_mask", "fixed_displacement"):
            self.register_buffer(f"uv_{name}", resize_map(getattr(mesh, name), uv_size), persistent=False)

    @full_precision
    def forward(
        self,
        verts: Tensor,
        trans_verts: Tensor,
        albedo: Tensor,
        light: Tensor | None = None,
        background: Tensor | None = None,
    ) -> RenderOutput:
        """Render a textured, lit mesh.

        Args:
            verts: Vertices in the metric frame, ``(B, V, 3)``; normals for shading come from these.
            trans_verts: The same in image space, ``(B, V, 3)``; not modified.
            albedo: UV texture, ``(B, 3, S', S')`` of any size.
            light: SH coefficients ``(B, 9, 3)`` or directional lights ``(B, L, 6)``; ``None``: unlit.
            background: ``(B, 3, H, W)``; ``None``: black.

        Returns:
            The pictures and what they were made of.
        """
        surface = self._surface(verts, trans_verts)
        colours = self.sample_uv(albedo, surface.grid)
        shading = torch.ones_like(colours) if light is None else self.shade(surface.normal_images, light)
        images = _over(colours if light is None else colours * shading, surface.alpha, background)
        albedo_images, alpha = _over(colours, surface.alpha, background), surface.alpha
        if self.soft_edges is not None:
            stacked = torch.cat([images, albedo_images, alpha], dim=1)
            softened = self.soft_edges(stacked, trans_verts, surface.pixels)
            images, albedo_images, alpha = softened.split([3, 3, 1], dim=1)
        return RenderOutput(
            images=images,
            albedo_images=albedo_images,
            alpha_images=alpha,
            pos_mask=surface.facing,
            shading_images=shading,
            grid=surface.grid,
            normals=surface.normals,
            normal_images=surface.normal_images,
            transformed_normals=surface.transformed_normals,
            fragments=surface.pixels,
            surface=surface,
        )

    def at_size(self, image_size: int | tuple[int, int]) -> SRenderY:
        """The same renderer for pictures of another size, ``(H, W)`` or a side; it shares all else with this one."""
        other, rasterizer = copy(self), copy(self.rasterizer)
        other._modules = dict(self._modules)
        other.image_size = rasterizer.image_size = as_size(image_size)
        other.rasterizer = rasterizer
        return other

    @full_precision
    def surface(self, verts: Tensor, trans_verts: Tensor) -> Surface:
        """What every picture of a mesh starts from.

        Args:
            verts: ``(B, V, 3)`` in the metric frame; normals come from these.
            trans_verts: The same in image space.
        """
        return self._surface(verts, trans_verts)

    @full_precision
    def render_shape(
        self,
        verts: Tensor,
        trans_verts: Tensor,
        background: Tensor | None = None,
        uv_detail_normals: Tensor | None = None,
        normal_images: Tensor | None = None,
    ) -> Tensor:
        """Grey picture of the front-facing surface under five fixed lights.

        Args:
            verts: ``(B, V, 3)`` in the metric frame.
            trans_verts: ``(B, V, 3)`` in image space.
            background: ``(B, 3, H, W)``; ``None``: black.
            uv_detail_normals: Normals of the detailed surface, ``(B, 3, S, S)``, in place of the mesh's where the
                surface is displaced; elsewhere (ears, eyes, mouth) UV maps are too coarse.
            normal_images: The same already in the picture, ``(B, 3, H, W)``.

        Returns:
            ``(B, 3, H, W)``.
        """
        return self.draw_shape(self._surface(verts, trans_verts), background, uv_detail_normals, normal_images)

    @full_precision
    def draw_shape(
        self,
        surface: Surface,
        background: Tensor | None = None,
        uv_detail_normals: Tensor | None = None,
        normal_images: Tensor | None = None,
    ) -> Tensor:
        """As :meth:`render_shape`, of a mesh that is rasterized already: ``RenderOutput.surface``."""
        normals = surface.normal_images if normal_images is None else normal_images
        if uv_detail_normals is not None:
            normals = self.blend_detail(normals, self.sample_uv(uv_detail_normals, surface.grid), surface.grid)
        grey = GREY * directional_irradiance(normals, shape_lights(normals))
        return _over(grey, surface.alpha * surface.facing, background)

    @full_precision
    def shade(self, normals: Tensor, light: Tensor) -> Tensor:
        """Irradiance for normals ``(B, 3, h, w)`` under SH ``(B, 9, 3)`` or directional ``(B, L, 6)`` light."""
        return irradiance(normals, light)

    @full_precision
    def sample_uv(self, uv_map: Tensor, where: Tensor | CoveredPixels | Fragments) -> Tensor:
        """Look a UV map up from every pixel.

        Args:
            uv_map: ``(B, C, S, S)``.
            where: Lookup grid ``(B, H, W, 2)``, or fragments.

        Returns:
            ``(B, C, H, W)``.
        """
        grid = where if isinstance(where, Tensor) else self.uv_grid(where)
        return F.grid_sample(uv_map.to(grid.dtype), grid, padding_mode="border", align_corners=False)

    @full_precision
    def blend_detail(self, coarse: Tensor, detail: Tensor, grid: Tensor) -> Tensor:
        """What came through UV space where the surface is displaced, what was made in the picture elsewhere.

        The islands of the mouth's inside, the eyeballs and the ears have few texels: normals and shading looked up
        from them are those of another place of the surface.

        Args:
            coarse: From the mesh's own interpolated attributes, ``(B, C, H, W)``.
            detail: The same looked up from a UV map, ``(B, C, H, W)``.
            grid: UV lookup of every pixel, ``(B, H, W, 2)``.

        Returns:
            ``(B, C, H, W)``.
        """
        displaced = self.sample_uv(self.uv_face_eye_mask.expand(len(grid), -1, -1, -1), grid)
        return torch.lerp(coarse, detail, (displaced * MASK_GAIN).clamp(max=1))

    @full_precision
    def render_attributes(self, trans_verts: Tensor, attributes: Tensor) -> tuple[Tensor, Tensor]:
        """Interpolate any vertex attribute: colours, depth, positions.

        Args:
            trans_verts: ``(B, V, 3)`` in image space.
            attributes: ``(B, V, C)``.

        Returns:
            The picture ``(B, C, H, W)``, 0 where empty, and the mask ``(B, 1, H, W)``.
        """
        pixels = self.rasterizer.covered(trans_verts, self.faces)
        corners = pixels.corners(self.faces, attributes.shape[1])
        values = interpolate_rows(attributes.flatten(0, 1), corners, pixels.bary)
        picture = pixels.images(torch.cat([values, torch.ones_like(values[:, :1])], dim=1))
        return picture[:, :-1], picture[:, -1:]

    @full_precision
    def uv_grid(self, fragments: CoveredPixels | Fragments) -> Tensor:
        """UV lookup of every pixel, ``(B, H, W, 2)``, 0 where empty."""
        pixels = fragments.compact() if isinstance(fragments, Fragments) else fragments
        table = self.uv_grid_coords.to(pixels.bary.dtype)
        return pixels.dense(interpolate_rows(table, pixels.corners(self.uv_faces), pixels.bary))

    @full_precision
    def detail_normals(self, uv_z: Tensor, verts: Tensor, normals: Tensor) -> Tensor:
        """Normals of the displaced surface on the UV grid.

        Args:
            uv_z: Displacement along the normal in metres, ``(B, 1, S, S)``.
            verts: ``(B, V, 3)`` in the metric frame.
            normals: Vertex normals, ``(B, V, 3)``.

        Returns:
            ``(B, 3, S, S)``; the mesh's own normals outside the displacement mask when ``blend_normals``.
        """
        uv_verts, uv_normals = self.world2uv(torch.cat([verts, normals], dim=2)).split(3, dim=1)
        return self.displaced_normals(uv_z, uv_verts, uv_normals)

    @full_precision
    def displaced_normals(self, uv_z: Tensor, uv_verts: Tensor, uv_normals: Tensor) -> Tensor:
        """As :meth:`detail_normals`, from position and normal maps ``(B, 3, S, S)`` that are already there."""
        surface = self.displaced_surface(uv_z, uv_verts, uv_normals)
        detail = grid_normals(surface, self.world2uv.padded)
        if not self.blend_normals:
            return detail
        return torch.lerp(uv_normals, detail, self.uv_face_eye_mask.to(detail.dtype))

    def displaced_surface(self, uv_z: Tensor, uv_verts: Tensor, uv_normals: Tensor) -> Tensor:
        """Position map of the displaced surface: p + (mask z + fixed) n, ``(B, 3, S, S)``."""
        if uv_z.shape[1:] != (1, self.uv_size, self.uv_size):
            raise ValueError(f"uv_z must be (B, 1, {self.uv_size}, {self.uv_size}), got {tuple(uv_z.shape)}")
        return uv_verts + self.displacement(uv_z) * uv_normals

    def displacement(self, uv_z: Tensor) -> Tensor:
        """Height that is applied in the end, masked and with the fixed part, in metres, ``(B, 1, S, S)``."""
        return uv_z * self.uv_face_eye_mask + self.uv_fixed_displacement

    @full_precision
    def tangent_normals(self, uv_normals: Tensor, verts: Tensor, normals: Tensor) -> Tensor:
        """UV normals as a normal texture holds them, relative to the mesh ``(B, V, 3)``; ``(B, 3, S, S)``."""
        coarse = self.world2uv(torch.cat([verts, normals], dim=2))
        return tangent_space_normals(uv_normals, *coarse.split(3, dim=1))

    @full_precision
    def unwrap(self, images: Tensor, trans_verts: Tensor) -> tuple[Tensor, Tensor]:
        """Carry a photo to UV space.

        Args:
            images: ``(B, C, H, W)``, any size with this renderer's aspect.
            trans_verts: Image-space vertices, ``(B, V, 3)``.

        Returns:
            The texture ``(B, C, S, S)`` and a mask ``(B, 1, S, S)`` of texels that face the viewer and lie
            within the picture.
        """
        normals = self.vertex_normals(trans_verts)
        carried = self.world2uv(torch.cat([trans_verts[..., :2], normals[..., 2:]], dim=2))
        grid = image_to_grid(carried[:, :2].permute(0, 2, 3, 1), (images.shape[2], images.shape[3]))
        texture = F.grid_sample(images.to(grid.dtype), grid, align_corners=False)
        in_picture = (grid.abs() <= 1).all(dim=3)[:, None]
        visible = (carried[:, 2:] < FRONT_FACING) & in_picture
        return texture, visible.to(texture.dtype)

    def _surface(self, verts: Tensor, trans_verts: Tensor) -> Surface:
        """Rasterize and interpolate what every picture needs."""
        if verts.shape != trans_verts.shape:
            raise ValueError(f"verts and trans_verts must agree, got {tuple(verts.shape)}, {tuple(trans_verts.shape)}")
        normals, transformed = self.vertex_normals(torch.cat([verts, trans_verts])).chunk(2)
        pixels = self.rasterizer.covered(trans_verts, self.faces)
        table = torch.cat([normals, transformed[..., 2:]], dim=2).flatten(0, 1)
        corners = pixels.corners(self.faces, verts.shape[1])
        values = interpolate_rows(table, corners, pixels.bary)
        facing = (values[:, 3:] < FRONT_FACING).to(values.dtype)
        return Surface(
            pixels=pixels,
            alpha=pixels.images(torch.ones_like(facing)),
            facing=pixels.images(facing),
            grid=self.uv_grid(pixels),
            normal_images=pixels.images(values[:, :3]),
            normals=normals,
            transformed_normals=transformed,
        )


def _over(images: Tensor, alpha: Tensor, background: Tensor | None) -> Tensor:
    """Composite over a background, or over black."""
    return images * alpha if background is None else torch.lerp(background, images, alpha)


def _as_topology(source: str | dict | MeshTopology) -> MeshTopology:
    if isinstance(source, MeshTopology):
        return source
    return load_topology(**source) if isinstance(source, dict) else load_topology(source)


def _build_rasterizer(config: dict[str, Any] | None, image_size: tuple[int, int]) -> Rasterizer:
    config = dict(type="TorchRasterizer") if config is None else dict(config)
    config.setdefault("image_size", image_size)
    return RENDERERS.build(config)
