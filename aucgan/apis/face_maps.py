"""Every map of one procedural face: albedo, normals, displacement, shading, texture, renders."""

from __future__ import annotations

from pathlib import Path

import torch

from aucgan.datasets.procedural import FaceRenderer, draw_face
from aucgan.files.atomic import atomic_path
from aucgan.heads.library import DEFAULT_HEAD
from aucgan.renderers import orthographic
from aucgan.renderers.drawing import captioned_grid
from aucgan.renderers.export import export_glb, export_maps, export_obj, map_pictures

COLUMNS, OVERVIEW_SIDE = 6, 176
"""Pictures per row of the overview, and their side in pixels."""


@torch.no_grad()
def write_face_maps(
    folder: Path, seed: int, index: int, image_size: int, uv_size: int, head: str = DEFAULT_HEAD
) -> None:
    """Render a face and write its maps, its mesh and an overview.

    Args:
        folder: Where to write.
        seed: Of the people.
        index: Which face of the test split.
        image_size: Edge of the pictures in pixels.
        uv_size: Edge of the maps in texels.
        head: Whose, as :func:`aucgan.heads.load_head` takes it.
    """
    faces = FaceRenderer(image_size, uv_size, head=head)
    recipe = draw_face(seed, "test", index, head=head)
    sample = faces.render([recipe])[0]
    truth = {name: torch.as_tensor(value).float()[None] for name, value in sample.truth.items()}
    verts = faces.flame(truth["shape"], truth["exp"], truth["pose"], eye_pose=truth["eye_pose"])[0]
    trans_verts = orthographic(verts, truth["cam"])
    albedo, uv_z = faces.texture(truth["tex"]), truth["displacement"][:, None]
    renderer = faces.renderer
    photo = torch.from_numpy(sample.image).permute(2, 0, 1)[None].float() / 255
    pictures = map_pictures(renderer, verts, trans_verts, albedo, truth["light"], uv_z, photo)
    height = renderer.displacement(uv_z)[0, 0]
    files = export_maps(folder, pictures, height)
    overview = captioned_grid({"photo": photo[0], **pictures}, COLUMNS, OVERVIEW_SIDE)
    with atomic_path(folder / "overview.jpg") as path:
        overview.save(path, quality=88)
    normals = renderer.vertex_normals(verts)
    tangent = renderer.tangent_normals(renderer.detail_normals(uv_z, verts, normals), verts, normals)[0]
    export_obj(folder / "face.obj", verts[0], renderer, pictures["10_texture"], tangent, height)
    export_glb(folder / "face.glb", verts[0], renderer, pictures["10_texture"], tangent)
    print(f"{len(files)} maps, a mesh and overview.jpg are in {folder}")
