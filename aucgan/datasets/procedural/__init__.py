"""Faces drawn from a seed and rendered: the data set that needs no licence."""

from aucgan.datasets.procedural.motion import CodeSizes
from aucgan.datasets.procedural.recipe import FaceRecipe, draw_face
from aucgan.datasets.procedural.renderer import FaceRenderer, RenderedFace
from aucgan.datasets.procedural.writer import generate_dataset

__all__ = ["CodeSizes", "FaceRecipe", "FaceRenderer", "RenderedFace", "draw_face", "generate_dataset"]
