"""Data sets and the transforms of their samples."""

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.transforms import (
    ColorJitter,
    CropFace,
    PackFace,
    RandomBlur,
    RandomFlip,
    RandomSimilarity,
    ResizeFace,
)

__all__ = [
    "ColorJitter",
    "CropFace",
    "FaceFolder",
    "PackFace",
    "RandomBlur",
    "RandomFlip",
    "RandomSimilarity",
    "ResizeFace",
]
