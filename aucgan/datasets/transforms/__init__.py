"""Transforms that keep image, mask, landmarks, codes and left/right AU labels consistent.

Geometric ones take whatever a sample holds along; photometric ones change the image alone. Randomness comes from the
generator seeded per sample, so a sample's augmentation depends on nothing but the run's seed, the iteration and its
index.
"""

from aucgan.datasets.transforms.face_transform import Effect, FaceTransform, RandomTransform, Undeclared
from aucgan.datasets.transforms.geometric import CropFace, RandomFlip, RandomSimilarity, ResizeFace, warp
from aucgan.datasets.transforms.packing import PackFace
from aucgan.datasets.transforms.photometric import ColorJitter, RandomBlur

__all__ = [
    "ColorJitter",
    "CropFace",
    "Effect",
    "FaceTransform",
    "PackFace",
    "RandomBlur",
    "RandomFlip",
    "RandomSimilarity",
    "RandomTransform",
    "ResizeFace",
    "Undeclared",
    "warp",
]
