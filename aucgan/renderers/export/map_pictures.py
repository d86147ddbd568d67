"""Every step from codes to a lit picture as a picture of its own."""

from __future__ import annotations

from pathlib import Path

import torch
from PIL import Image
from torch import Tensor

from aucgan.renderers.colormaps import signed_heat
from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.export.displacement_png import write_displacement
from aucgan.renderers.export.staging import staged
from aucgan.renderers.srender_y import SRenderY

SHADING_RANGE = 2.0
"""Irradiance that is drawn white."""


@torch.no_grad()
def map_pictures(
    renderer: SRenderY,
    verts: Tensor,
    trans_verts: Tensor,
    albedo: Tensor,
    light: Tensor,
    uv_z: Tensor,
    photo: Tensor | None = None,
) -> dict[str, Tensor]:
    """Compute the intermediates of one face, in the order in which they are made.

    Args:
        renderer: Any ``SRenderY``.
        verts: ``(1, V, 3)`` in metres.
        trans_verts: The same in image space.
        albedo: ``(1, 3, S', S')``.
        light: SH coefficients, ``(1, 9, 3)``.
        uv_z: Displacement in metres, ``(1, 1, S, S)``.
        photo: What is unwrapped to UV, ``(1, 3, H, W)``; ``None``: the detailed render.

    Returns:
        Pictures in [0, 1], ``(3, h, w)`` or ``(1, h, w)``, by name.
    """
    size = (renderer.uv_size, renderer.uv_size)
    albedo = torch.nn.functional.interpolate(albedo, size, mode="bilinear", antialias=True)
    out = renderer(verts, trans_verts, albedo, light)
    uv_verts, uv_normals = renderer.world2uv(torch.cat([verts, out.normals], 2)).split(3, 1)
    detail = renderer.world2uv.dilate(renderer.displaced_normals(uv_z, uv_verts, uv_normals))
    height = renderer.displacement(uv_z)
    shading, coarse_shading = renderer.shade(detail, light), renderer.shade(uv_normals, light)
    texture = albedo * shading
    rendered = renderer.blend_detail(out.images, renderer.sample_uv(texture, out.grid), out.grid) * out.alpha_images
    unwrapped, visible = renderer.unwrap(rendered if photo is None else photo, trans_verts)
    island = renderer.world2uv.inside
    low, high = verts.amin((0, 1)).view(1, 3, 1, 1), verts.amax((0, 1)).view(1, 3, 1, 1)
    pictures = {
        "01_albedo": albedo,
        "02_positions": (uv_verts - low) / (high - low).clamp(min=1e-9) * island,
        "03_coarse_normals": (uv_normals + 1) / 2 * island,
        "04_displacement": signed_heat(height, float(height.abs().max().clamp(min=1e-6))),
        "05_displacement_mask": renderer.uv_face_eye_mask,
        "06_detail_normals": (detail + 1) / 2 * island,
        "07_tangent_normals": (renderer.tangent_normals(detail, verts, out.normals) + 1) / 2,
        "08_coarse_shading": coarse_shading / SHADING_RANGE * island,
        "09_detail_shading": shading / SHADING_RANGE * island,
        "10_texture": texture * island,
        "11_normals_in_picture": (out.normal_images + 1) / 2 * out.alpha_images,
        "12_coarse_shape": renderer.draw_shape(out.surface),
        "13_detail_shape": renderer.draw_shape(out.surface, uv_detail_normals=detail),
        "14_coarse_render": out.images,
        "15_detail_render": rendered,
        "16_unwrapped": unwrapped,
        "17_visible": visible,
    }
    return {name: picture[0].clamp(0, 1) for name, picture in pictures.items()}


def export_maps(folder: str | Path, pictures: dict[str, Tensor], displacement: Tensor | None = None) -> list[Path]:
    """Write pictures as ``NAME.png``, and the displacement also as a true 16-bit map.

    Args:
        folder: Made when it does not exist; the files appear together.
        pictures: From :func:`map_pictures`.
        displacement: Metres, ``(S, S)``: ``displacement.png`` and ``displacement.json``.

    Returns:
        The files.
    """
    folder = Path(folder)
    with staged(folder) as stage:
        for name, picture in pictures.items():
            Image.fromarray(to_uint8(picture)).save(stage / f"{name}.png")
        if displacement is not None:
            write_displacement(stage / "displacement.png", displacement)
        names = sorted(file.name for file in stage.iterdir())
    return [folder / name for name in names]
