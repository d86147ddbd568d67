"""Cameras, rasterizers, shading, UV maps and the renderer that composes them."""

from aucgan.renderers.camera import orthographic, project_landmarks
from aucgan.renderers.drawing import draw_landmarks, picture_grid, to_uint8
from aucgan.renderers.normals import VertexNormals, grid_normals, vertex_normals
from aucgan.renderers.rasterizers.embree_rasterizer import EmbreeRasterizer
from aucgan.renderers.rasterizers.fragments import CoveredPixels, Fragments
from aucgan.renderers.rasterizers.naive_rasterizer import NaiveRasterizer
from aucgan.renderers.rasterizers.nvdiffrast_rasterizer import NvdiffrastRasterizer
from aucgan.renderers.rasterizers.pytorch3d_rasterizer import PyTorch3DRasterizer
from aucgan.renderers.rasterizers.rasterizer import Rasterizer
from aucgan.renderers.rasterizers.span_rasterizer import TorchRasterizer
from aucgan.renderers.render_output import RenderOutput
from aucgan.renderers.shading import directional_irradiance, point_irradiance, sh_irradiance
from aucgan.renderers.soft_edges import SoftEdges
from aucgan.renderers.srender_y import SRenderY
from aucgan.renderers.uv_space import UVSpace

__all__ = [
    "CoveredPixels",
    "EmbreeRasterizer",
    "Fragments",
    "NaiveRasterizer",
    "NvdiffrastRasterizer",
    "PyTorch3DRasterizer",
    "Rasterizer",
    "RenderOutput",
    "SRenderY",
    "SoftEdges",
    "TorchRasterizer",
    "UVSpace",
    "VertexNormals",
    "directional_irradiance",
    "draw_landmarks",
    "grid_normals",
    "orthographic",
    "picture_grid",
    "point_irradiance",
    "project_landmarks",
    "sh_irradiance",
    "to_uint8",
    "vertex_normals",
]
