"""A mesh as GLB many times a second: what stays is prepared, pictures come as files."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from aucgan.renderers.export.arrays import TexturedTriangles, to_numpy
from aucgan.renderers.export.glb import GENERATOR, ROUGHNESS, linear_colours
from aucgan.renderers.export.glb_file import ARRAY, GlbFile
from aucgan.renderers.rasterizers.unique_rows import unique_rows

JPEG_QUALITY = 92
QUICK = 1
"""Compression of PNGs that live for a moment."""
CLAY = 0.55
"""Reflectance of a surface without colours, linear."""


def as_jpeg(picture: np.ndarray) -> bytes:
    """A picture ``(H, W, 3)``, RGB uint8, as the content of a JPEG file."""
    return cv2.imencode(".jpg", picture[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY])[1].tobytes()


def as_png(picture: np.ndarray) -> bytes:
    """The same as a PNG file, made quickly."""
    return cv2.imencode(".png", picture[..., ::-1], [cv2.IMWRITE_PNG_COMPRESSION, QUICK])[1].tobytes()


@dataclass(frozen=True)
class Coat:
    """What lies on a surface.

    Attributes:
        colours: RGB of the vertices in [0, 1], ``(V, 3)``; ``None``: none.
        texture: Content of a JPEG file; ``None``: none.
        bumps: Tangent-space normals, content of a PNG file; ``None``: smooth.
        shines: The colours are shown as they are, whatever the light.
    """

    colours: np.ndarray | None = None
    texture: bytes | None = None
    bumps: bytes | None = None
    shines: bool = False


class LiveMesh:
    """The unchanging part of a head's GLB.

    Args:
        topology: Its triangles and UV layout.
    """

    def __init__(self, topology: TexturedTriangles) -> None:
        faces, uv_faces, uv_coords = (to_numpy(a) for a in (topology.faces, topology.uv_faces, topology.uv_coords))
        corners, index = unique_rows(np.stack([faces.ravel(), uv_faces.ravel()], axis=1))
        self._vertex = corners[:, 0]
        self._places = (uv_coords[corners[:, 1]] * [1, -1] + [0, 1]).astype(np.float32)  # v down, as glTF wants it
        self._triangles = index

    def glb(self, verts: np.ndarray, normals: np.ndarray, coat: Coat) -> bytes:
        """The content of a GLB file.

        Args:
            verts: ``(V, 3)`` metres.
            normals: Unit normals, ``(V, 3)``.
            coat: Colours and bumps.
        """
        file = GlbFile(GENERATOR)
        attributes = {
            "POSITION": file.add_array(verts[self._vertex].astype(np.float32), ARRAY, bounds=True),
            "NORMAL": file.add_array(normals[self._vertex].astype(np.float32), ARRAY),
            "TEXCOORD_0": file.add_array(self._places, ARRAY),
        }
        if coat.colours is not None:
            colours = linear_colours(coat.colours, len(verts))[self._vertex]
            attributes["COLOR_0"] = file.add_array(colours, ARRAY, normalized=True)
        indices = file.add_triangles(self._triangles, len(self._vertex))
        primitive = {"attributes": attributes, "indices": indices, "material": _material(file, coat)}
        mesh = file.add("meshes", name="head", primitives=[primitive])
        file.add("scenes", nodes=[file.add("nodes", name="head", mesh=mesh)])
        return file.to_bytes()


def _material(file: GlbFile, coat: Coat) -> int:
    surface: dict = {"metallicFactor": 0.0, "roughnessFactor": ROUGHNESS}
    if coat.texture is not None:
        surface["baseColorTexture"] = {"index": file.add_picture_file(coat.texture, "image/jpeg", "colour")}
    elif coat.colours is None:
        surface["baseColorFactor"] = [CLAY, CLAY, CLAY, 1.0]
    bumps = None
    if coat.bumps is not None:
        bumps = {"index": file.add_picture_file(coat.bumps, "image/png", "normals")}
    shines: dict[str, dict] | None = {"KHR_materials_unlit": {}} if coat.shines else None
    if shines:
        file.uses("KHR_materials_unlit")
    return file.add("materials", name="skin", pbrMetallicRoughness=surface, normalTexture=bumps, extensions=shines)
