"""The contract of every detector."""

from __future__ import annotations

from abc import ABC, abstractmethod
from pathlib import Path

import numpy as np

from aucgan.detection.detected_face import DetectedFace


class FaceDetector(ABC):
    """From a photo to the faces in it."""

    def __call__(self, photo: np.ndarray, source: str | Path | None = None) -> list[DetectedFace]:
        """Find faces.

        Args:
            photo: RGB, upright as its camera noted, ``(H, W, 3)`` uint8.
            source: The photo's file, for detectors that look a photo up by its name.

        Returns:
            The faces, the largest first; empty where there is none.

        Raises:
            ValueError: The photo is no such array.
        """
        if photo.ndim != 3 or photo.shape[2] != 3 or photo.dtype != np.uint8 or 0 in photo.shape:
            raise ValueError(f"a photo must be RGB (H, W, 3) uint8, got {photo.shape} {photo.dtype}")
        faces = self.find(photo, None if source is None else Path(source))
        return sorted(faces, key=lambda face: -float(np.prod(face.box[2:] - face.box[:2])))

    @abstractmethod
    def find(self, photo: np.ndarray, source: Path | None) -> list[DetectedFace]:
        """The faces in any order; as :meth:`__call__`, after the check."""
