"""From a photo to meshes on disk."""

from __future__ import annotations

from pathlib import Path

import torch
from torch import Tensor

from aucgan.apis.photo_names import SOURCE_SUFFIX, note_source
from aucgan.models.reconstructors.detail import DetailFace, DetailReconstructor, PhotoSide
from aucgan.renderers.drawing import titled_grid
from aucgan.renderers.export import displaced_mesh, export_glb, export_landmarks, export_obj
from aucgan.renderers.export.staging import staged


@torch.inference_mode()
def reconstruct(model: DetailReconstructor, image: Tensor) -> tuple[PhotoSide, DetailFace]:
    """Reconstruct faces.

    Args:
        model: A detail model in evaluation mode.
        image: Aligned photos in [0, 1], ``(B, 3, H, W)``, of the size the model was trained at.

    Returns:
        The coarse side and the detailed face, as the model gives them.

    Raises:
        ValueError: The photos have another size, or the model is no detail model.
    """
    if not isinstance(model, DetailReconstructor):
        raise ValueError(f"a model of the detail stage is needed, not {type(model).__name__}: name another config")
    size = model.renderer.image_size
    if image.shape[1:] != (3, *size):
        raise ValueError(f"photos must be (B, 3, {size[0]}, {size[1]}) for this model, got {tuple(image.shape)}")
    return model(mode="tensor", image=image)


def write_reconstruction(
    folder: str | Path,
    name: str,
    model: DetailReconstructor,
    photo: PhotoSide,
    detail: DetailFace,
    source: Path | None = None,
) -> None:
    """Write one reconstruction; the files appear together or not at all.

    - ``NAME_coarse.obj``: the coarse mesh with its lit albedo;
    - ``NAME_detail.obj``: the same mesh with detailed texture, normal map and 16-bit displacement;
    - ``NAME_dense.obj``: the displaced mesh at the resolution of the UV map;
    - ``NAME_detail.glb``: the detailed mesh in one file;
    - ``NAME_landmarks.txt``: 68 landmarks in the frame of the meshes, for measurements;
    - ``NAME_comparison.png``: photo, coarse shape, detail shape, texture, displacement and composite;
    - ``NAME_photo.txt``: the path of the photo, if it is given.

    Args:
        folder: Where to write; made when it does not exist.
        name: Stem of the files.
        model: The model that made the faces.
        photo: The coarse side of a batch of one.
        detail: The detailed face of a batch of one.
        source: The photo's file.
    """
    renderer, face = model.renderer, photo.face
    verts = face.verts[0]
    normal_map = renderer.tangent_normals(detail.uv_normals, face.verts, photo.rendered.normals)[0]
    height = renderer.world2uv.dilate(detail.uv_z * renderer.uv_face_eye_mask)[0, 0]
    lit = (face.albedo * renderer.shade(photo.uv_normals, face.codes.light))[0].clamp(0, 1)
    texture = detail.uv_texture[0].clamp(0, 1)
    with staged(folder) as stage:
        export_obj(stage / f"{name}_coarse.obj", verts, renderer, lit)
        export_obj(stage / f"{name}_detail.obj", verts, renderer, texture, normal_map, height)
        dense = displaced_mesh(verts, renderer, height)
        export_obj(stage / f"{name}_dense.obj", dense.verts, dense, texture)
        export_glb(stage / f"{name}_detail.glb", verts, renderer, texture, normal_map)
        export_landmarks(stage / f"{name}_landmarks.txt", model.flame.landmarks3d(face.verts)[0])
        titled_grid(model.pictures(photo, detail), model.picture_titles).save(stage / f"{name}_comparison.png")
        if source is not None:
            note_source(stage / f"{name}{SOURCE_SUFFIX}", source)
