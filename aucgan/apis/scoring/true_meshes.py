"""The true meshes of generated faces, as files to measure reconstructions against."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from aucgan.datasets.face_folder import FaceFolder
from aucgan.models.face_models.flame import FLAME
from aucgan.models.face_models.flame_tex import FLAMETex
from aucgan.renderers.export import displaced_mesh, export_landmarks, export_obj
from aucgan.renderers.export.staging import staged
from aucgan.renderers.srender_y import SRenderY

CODES = ("shape", "exp", "pose", "eye_pose", "tex", "light")
ALBEDO_SIZE = 256


def write_true_meshes(
    data: Path,
    out: Path,
    split: str = "test",
    limit: int | None = None,
    tell: Callable[[str], None] = lambda line: None,
) -> list[str]:
    """Write mesh, landmarks and photo of generated faces.

    - ``OUT/photos/NAME.png``: the photo, to be reconstructed;
    - ``OUT/meshes/NAME.obj``: the true mesh with its displacement at the resolution of the UV map, lit texture;
    - ``OUT/meshes/NAME_landmarks.txt``: its 68 landmarks, ``x y z`` in metres.

    Args:
        data: Folder of generated faces with their truth.
        out: Where to write.
        split: Which faces.
        limit: The first so many of them.
        tell: Gets a line after every face.

    Returns:
        Names of the faces.

    Raises:
        FileNotFoundError: The folder is no face folder, or has no truth.
        ValueError: The split is empty.
    """
    faces = FaceFolder(str(data), split, truth=(*CODES, "displacement"), limit=limit)
    names = [row.name for row in faces.rows]
    writer = _Writer(faces[0], out / "meshes")
    for number, name in enumerate(names):
        writer.write(name, faces[number])
        photo = faces.files.get("images", name)
        with staged(out / "photos") as stage:
            (stage / f"{name}{photo.suffix}").write_bytes(photo.read_bytes())
        tell(f"{number + 1}/{len(names)} {name}")
    return names


class _Writer:
    """Turns true codes into files."""

    def __init__(self, sample: dict, folder: Path) -> None:
        self.folder = folder
        self.flame = FLAME(n_shape=len(sample["gt_shape"]), n_exp=len(sample["gt_exp"])).eval()
        self.texture = FLAMETex(n_tex=len(sample["gt_tex"]), uv_size=ALBEDO_SIZE).eval()
        self.renderer = SRenderY(uv_size=len(sample["gt_displacement"])).eval()

    @torch.no_grad()
    def write(self, name: str, sample: dict) -> None:
        """Write one face; its files appear together."""
        truth = {key: torch.from_numpy(sample[f"gt_{key}"])[None] for key in CODES}
        verts, _, landmarks = self.flame(truth["shape"], truth["exp"], truth["pose"], truth["eye_pose"])
        uv_z = torch.from_numpy(sample["gt_displacement"])[None, None]
        height = self.renderer.world2uv.dilate(self.renderer.displacement(uv_z))[0, 0]
        dense = displaced_mesh(verts[0], self.renderer, height)
        texture = self._lit(verts, uv_z, truth)
        with staged(self.folder) as stage:
            export_obj(stage / f"{name}.obj", dense.verts, dense, texture)
            export_landmarks(stage / f"{name}_landmarks.txt", landmarks[0])

    def _lit(self, verts: Tensor, uv_z: Tensor, truth: dict[str, Tensor]) -> Tensor:
        """Albedo times shading, ``(3, S, S)``."""
        normals = self.renderer.detail_normals(uv_z, verts, self.renderer.vertex_normals(verts))
        shading = self.renderer.shade(normals, truth["light"])
        shading = torch.nn.functional.interpolate(shading, (ALBEDO_SIZE, ALBEDO_SIZE), mode="bilinear")
        return (self.texture(truth["tex"]) * shading)[0].clamp(0, 1)
