"""Photos that are cropped to the face already."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.registry import DETECTORS


@DETECTORS.register_module()
class AlignedPhotos(FaceDetector):
    """One face in the middle of every photo, without looking; it has a box and no landmarks.

    Args:
        share: Side of the face's box, in shorter sides of the photo, in (0, 1]. The training data's faces have 0.6.
    """

    def __init__(self, share: float = 0.6) -> None:
        if not 0 < share <= 1:
            raise ValueError(f"share must be in (0, 1], got {share}")
        self.share = share

    def find(self, photo: np.ndarray, source: Path | None = None) -> list[DetectedFace]:
        """The one face."""
        height, width = photo.shape[:2]
        middle, half = np.array([width / 2, height / 2]), self.share * min(height, width) / 2
        return [DetectedFace(np.concatenate([middle - half, middle + half]).astype(np.float32), 1.0)]
