"""Single-shot networks that find boxes and six keypoints of faces (BlazeFace)."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aucgan.detection.boxes import anchor_centres
from aucgan.detection.model_files import find_model
from aucgan.detection.tflite_network import TFLiteNetwork
from aucgan.detection.window import Window

ANCHORS: dict[str, tuple[tuple[int, int], ...]] = {"short_range": ((16, 2), (8, 6)), "full_range": ((48, 1),)}
"""Cells per side and anchors per cell of the layers of each network."""
VALUES = 16  # per anchor: centre, width and height, then six keypoints
MOST_LOGIT = 50.0


@dataclass(frozen=True)
class Candidate:
    """A box that may hold a face, in pixels of the photo.

    Attributes:
        box: Left, top, right, bottom, ``(4,)``.
        keypoints: Right eye, left eye, nose, mouth, right and left ear, ``(6, 2)``.
        score: In [0, 1].
    """

    box: np.ndarray
    keypoints: np.ndarray
    score: float


class BoxNetwork:
    """MediaPipe's short- or full-range face detector [1].

    Args:
        kind: ``'short_range'`` (faces larger than about a fifth of the picture) or ``'full_range'``.
        folder: Folder of the network's file; ``None`` looks into the installed wheels.
        threads: How many threads run it.

    [1] Bazarevsky, Kartynnik, Vakunov, Raveendran & Grundmann, BlazeFace: sub-millisecond neural face detection on
        mobile GPUs, CVPR workshop 2019.
    """

    def __init__(self, kind: str, folder: str | Path | None = None, threads: int = 1) -> None:
        self.anchors = anchor_centres(ANCHORS[kind])
        count = len(self.anchors)
        self.network = TFLiteNetwork(find_model(kind, folder), {"boxes": VALUES * count, "scores": count}, threads)

    def __call__(self, photo: np.ndarray, window: Window, min_score: float) -> list[Candidate]:
        """What the network sees in a window of a photo ``(H, W, 3)`` uint8, in any order, with many overlaps."""
        size = self.network.size
        out = self.network(window.cut(photo, size).astype(np.float32) / 127.5 - 1.0)
        scores = 1.0 / (1.0 + np.exp(-np.clip(out["scores"].reshape(-1), -MOST_LOGIT, MOST_LOGIT)))
        values = out["boxes"].reshape(-1, VALUES // 2, 2) / size
        return [self._candidate(values[k], int(k), scores[k], window) for k in np.flatnonzero(scores >= min_score)]

    def _candidate(self, values: np.ndarray, index: int, score: float, window: Window) -> Candidate:
        centre, extent = window.to_photo(values[0] + self.anchors[index]), values[1] * window.side
        box = np.concatenate([centre - extent / 2, centre + extent / 2])
        return Candidate(box, window.to_photo(values[2:] + self.anchors[index]), float(score))
