"""Meshes and maps as files that other programs open: OBJ with MTL, GLB, 16-bit displacement PNG, pictures, MP4."""

from aucgan.renderers.export.dense_mesh import DenseMesh, displaced_mesh
from aucgan.renderers.export.displacement_png import export_displacement, load_displacement
from aucgan.renderers.export.glb import export_glb
from aucgan.renderers.export.landmark_text import export_landmarks
from aucgan.renderers.export.map_pictures import export_maps, map_pictures
from aucgan.renderers.export.obj import export_obj
from aucgan.renderers.export.picture_file import export_picture
from aucgan.renderers.export.video_file import video_file

__all__ = [
    "DenseMesh",
    "displaced_mesh",
    "export_displacement",
    "export_glb",
    "export_landmarks",
    "export_maps",
    "export_obj",
    "export_picture",
    "load_displacement",
    "map_pictures",
    "video_file",
]
