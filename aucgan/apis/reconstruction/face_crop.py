"""Cutting faces out of photos as the networks saw them in training."""

from __future__ import annotations

from collections.abc import Mapping

import cv2
import numpy as np
import torch
from mmengine.config import Config
from torch import Tensor

from aucgan.apis.photos import Photo
from aucgan.datasets.face_crop import SCALE
from aucgan.datasets.transforms import warp
from aucgan.detection.detected_face import DetectedFace

BOX_SHARE = 0.6
"""Share of the square's side that a box without landmarks has: ``AlignedPhotos`` takes the whole photo."""


def crop_scale(cfg: Mapping | Config) -> float:
    """The scale that a config crops photos with at test."""
    pipeline = ((cfg.get("test_dataloader") or {}).get("dataset") or {}).get("pipeline") or ()
    for step in pipeline:
        if step.get("type") == "CropFace" and "scale" in step:
            return float(np.mean(step["scale"]))
    return SCALE


def crop_square(face: DetectedFace, scale: float = SCALE) -> np.ndarray:
    """Left, top and side of the square round a face, as ``CropFace`` has it, ``(3,)`` pixels."""
    if face.landmarks68 is None:
        low, high, scale = face.box[:2], face.box[2:], 1 / BOX_SHARE
    else:
        low, high = face.landmarks68.min(0), face.landmarks68.max(0)
    side = float((high - low).mean()) * scale
    left, top = (low + high) / 2 - side / 2
    return np.array([left, top, side], np.float32)


def cut_square(photo: Photo, square: np.ndarray, size: tuple[int, int]) -> Tensor:
    """What a square of a photo shows.

    Args:
        photo: The photo.
        square: Left, top and side in pixels of the original.
        size: Height and width of the result, which are equal.

    Returns:
        ``(3, H, W)`` float32 in [0, 1]; the photo's border is repeated where the square leaves it.
    """
    left, top, side = square / photo.divisor
    pixels, block = photo.pixels, int(side / size[0] / 2)
    if block > 1:  # much smaller: whole blocks first, so that the warp has little left to blur
        height, width = (length // block * block for length in pixels.shape[:2])
        shape = (max(1, width // block), max(1, height // block))
        pixels = cv2.resize(pixels[:height, :width], shape, interpolation=cv2.INTER_AREA)
        left, top, side = left / block, top / block, side / block
    zoom = size[0] / side
    matrix = np.array([[zoom, 0, -left * zoom], [0, zoom, -top * zoom]])
    nothing = np.zeros(pixels.shape[:2], np.float32)
    sample = dict(image=pixels.astype(np.float32) / 255, mask=nothing, landmarks=np.zeros((0, 2), np.float32))
    return torch.from_numpy(warp(sample, matrix, size)["image"]).permute(2, 0, 1)
