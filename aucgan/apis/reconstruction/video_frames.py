"""The frames of a video file."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

DEFAULT_RATE = 25.0
"""Frames a second where the file does not say."""
MOST_RATE = 1000.0
os.environ.setdefault("OPENCV_FFMPEG_LOGLEVEL", "-8")  # what it says of damaged files, the error says better


class UnreadableVideoError(ValueError):
    """A file is no video, or none of its frames can be decoded."""


@dataclass(frozen=True)
class VideoFile:
    """A video.

    Attributes:
        path: The file.
        rate: Frames a second.
        size: Height and width, upright as the camera noted.
    """

    path: Path
    rate: float
    size: tuple[int, int]

    @classmethod
    def of(cls, path: str | Path) -> VideoFile:
        """Look into a file.

        Raises:
            FileNotFoundError: There is no such file.
            UnreadableVideoError: It is no video that can be read.
        """
        path = Path(path)
        if not path.is_file():
            raise FileNotFoundError(f"there is no video {path}")
        if path.stat().st_size == 0:
            raise UnreadableVideoError(f"{path} is no video that can be read: it is empty (0 bytes)")
        reader = cv2.VideoCapture(str(path))
        try:
            rate = float(reader.get(cv2.CAP_PROP_FPS))
            good, frame = reader.read() if reader.isOpened() else (False, None)
        finally:
            reader.release()
        if not good or frame is None:
            raise UnreadableVideoError(f"{path} is no video that can be read: damaged, or of a kind not known")
        return cls(path, rate if 0 < rate <= MOST_RATE else DEFAULT_RATE, frame.shape[:2])

    def __iter__(self) -> Iterator[np.ndarray]:
        """The frames, RGB ``(H, W, 3)`` uint8, up to the first that cannot be decoded."""
        reader = cv2.VideoCapture(str(self.path))
        try:
            while True:
                good, frame = reader.read()
                if not good or frame.shape[:2] != self.size:
                    return
                yield cv2.cvtColor(frame, cv2.COLOR_BGR2RGB)
        finally:
            reader.release()
