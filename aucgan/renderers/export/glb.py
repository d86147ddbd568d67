"""Binary glTF through trimesh."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import numpy as np
import trimesh
from PIL import Image
from torch import Tensor

from aucgan.heads.face_motion import FaceMotion
from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.export.arrays import TexturedTriangles, area_normals, mesh_arrays, normal_picture
from aucgan.renderers.export.staging import staged
from aucgan.renderers.rasterizers.unique_rows import unique_rows

ROUGHNESS = 0.7
"""Of skin without make-up, in glTF's metallic-roughness model."""


def export_glb(
    path: str | Path,
    verts: Tensor | np.ndarray,
    topology: TexturedTriangles,
    texture: Tensor | np.ndarray | None = None,
    normal_map: Tensor | np.ndarray | None = None,
    *,
    colours: Tensor | np.ndarray | None = None,
    targets: Mapping[str, Tensor | np.ndarray] | None = None,
    motion: FaceMotion | None = None,
) -> Path:
    """Write one ``.glb`` with mesh, smooth normals, colour and normal texture; with shapes to morph into, and moving.

    Args:
        path: The file.
        verts: Vertices in metres, ``(V, 3)``.
        topology: Triangles and UV layout.
        texture: RGB in [0, 1], ``(3, S, S)`` tensor or ``(S, S, 3)`` array.
        normal_map: Tangent-space normals in [-1, 1], ``(3, S, S)``.
        colours: RGB of the vertices in [0, 1], ``(V, 3)``; a texture is multiplied with them.
        targets: Offsets at full weight by the shape's name, ``(V, 3)`` metres each, such as
            :func:`aucgan.heads.morph_targets.morph_targets` gives.
        motion: Keyframes: weights of the targets by name (columns without a target are left out), rotation and
            translation of the head.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is not ``.glb``, or shapes or numbers do not make a mesh.
    """
    path = Path(path)
    if path.suffix.lower() != ".glb":
        raise ValueError(f"expected a path that ends in .glb, got {path}")
    points, faces, uv_coords, uv_faces = mesh_arrays(verts, topology)
    pairs = np.stack([faces.ravel(), uv_faces.ravel()], axis=1)
    corners, index = unique_rows(pairs)
    material = trimesh.visual.material.PBRMaterial(
        name=path.stem,
        baseColorTexture=None if texture is None else Image.fromarray(to_uint8(texture)),
        normalTexture=None if normal_map is None else Image.fromarray(normal_picture(normal_map)),
        metallicFactor=0.0,
        roughnessFactor=ROUGHNESS,
    )
    mesh = trimesh.Trimesh(
        vertices=points[corners[:, 0]],
        faces=index.reshape(-1, 3),
        vertex_normals=area_normals(points, faces)[corners[:, 0]],
        visual=trimesh.visual.TextureVisuals(uv=uv_coords[corners[:, 1]], material=material),
        process=False,
    )
    with staged(path.parent) as stage:
        content = cast(bytes, mesh.export(file_type="glb", include_normals=True))
        (stage / path.name).write_bytes(content)
    return path
