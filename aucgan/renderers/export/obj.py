"""Wavefront OBJ with its material, textures beside it, all names relative."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
from torch import Tensor

from aucgan.renderers.drawing import to_uint8
from aucgan.renderers.export.arrays import TexturedTriangles, area_normals, mesh_arrays, normal_picture
from aucgan.renderers.export.displacement_png import write_displacement
from aucgan.renderers.export.png_bytes import png_bytes
from aucgan.renderers.export.staging import staged


def export_obj(
    path: str | Path,
    verts: Tensor | np.ndarray,
    topology: TexturedTriangles,
    texture: Tensor | np.ndarray | None = None,
    normal_map: Tensor | np.ndarray | None = None,
    displacement: Tensor | np.ndarray | None = None,
) -> list[Path]:
    """Write ``NAME.obj``, ``NAME.mtl`` and the maps that are given.

    Either all files appear or, on an error, none.

    Args:
        path: Where to put the ``.obj``; the other files get its stem.
        verts: Vertices in metres, ``(V, 3)``.
        topology: Triangles and UV layout: a ``MeshTopology`` or a ``DenseMesh``.
        texture: UV texture, RGB in [0, 1], ``(3, S, S)`` tensor or ``(S, S, 3)`` array: ``NAME.png``.
        normal_map: Tangent-space normals in [-1, 1], ``(3, S, S)``: ``NAME_normal.png``.
        displacement: Height along the normal in metres, ``(S, S)``: ``NAME_displacement.png`` and ``.json``.

    Returns:
        The files, the ``.obj`` first.

    Raises:
        ValueError: The suffix is not ``.obj``, or shapes or numbers do not make a mesh.
    """
    path = Path(path)
    if path.suffix.lower() != ".obj":
        raise ValueError(f"expected a path that ends in .obj, got {path}")
    points, faces, uv_coords, uv_faces = mesh_arrays(verts, topology)
    stem = path.stem
    material = [f"newmtl {_name(stem)}", "Ka 0 0 0", "Kd 1 1 1", "Ks 0 0 0", "illum 1"]
    with staged(path.parent) as stage:
        if texture is not None:
            (stage / f"{stem}.png").write_bytes(png_bytes(to_uint8(texture)))
            material.append(f"map_Kd {stem}.png")
        if normal_map is not None:
            (stage / f"{stem}_normal.png").write_bytes(png_bytes(normal_picture(normal_map)))
            material += [f"norm {stem}_normal.png", f"map_Bump -bm 1 {stem}_normal.png"]
        if displacement is not None:
            file = f"{stem}_displacement.png"
            meta = write_displacement(stage / file, displacement)
            scale, midlevel = meta["scale_m"], meta["midlevel"]
            material.append(f"# displacement in metres = (value - {midlevel:.9g}) * {scale:.9g}, value in [0, 1]")
            material.append(f"disp -mm {-midlevel * scale:.9g} {scale:.9g} {file}")
        (stage / f"{stem}.mtl").write_text("\n".join(material) + "\n", encoding="utf-8")
        _write_mesh(stage / f"{stem}.obj", stem, points, faces, uv_coords, uv_faces)
        names = sorted(file.name for file in stage.iterdir() if file.suffix != ".obj")
    return [path.parent / name for name in [f"{stem}.obj", *names]]


def _name(stem: str) -> str:
    """A material name: OBJ has no quoting, so blanks are replaced."""
    return "_".join(stem.split()) or "head"


def _write_mesh(
    file: Path, stem: str, points: np.ndarray, faces: np.ndarray, uv_coords: np.ndarray, uv_faces: np.ndarray
) -> None:
    """Write vertices, UV coordinates, normals and ``v/vt/vn`` faces."""
    normals = area_normals(points, faces)
    corners = np.stack([faces, uv_faces, faces], axis=2).reshape(len(faces), 9) + 1
    with file.open("w", encoding="utf-8") as out:
        out.write(f"# metres, y up, z towards the viewer\nmtllib {stem}.mtl\n")
        out.write(_lines("v %.7g %.7g %.7g", points))
        out.write(_lines("vt %.7g %.7g", uv_coords))
        out.write(_lines("vn %.5g %.5g %.5g", normals))
        out.write(f"usemtl {_name(stem)}\n")
        out.write(_face_lines(corners.astype(np.int64).tobytes()))


@lru_cache(maxsize=4)
def _face_lines(corners: bytes) -> str:
    """Triangles ``(F, 9)`` int64; remembered, as all faces of a run have one head's."""
    return _lines("f %d/%d/%d %d/%d/%d %d/%d/%d", np.frombuffer(corners, np.int64).reshape(-1, 9))


def _lines(row_format: str, rows: np.ndarray) -> str:
    """A line for each row ``(N, C)``, all formatted at once: several times faster than ``numpy.savetxt``."""
    return (f"{row_format}\n" * len(rows)) % tuple(rows.ravel().tolist())
