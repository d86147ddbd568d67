"""What a detector says of one face in a photo."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class DetectedFace:
    """A face in a photo, in pixels of that photo; the centre of pixel (row i, column j) is (j + ½, i + ½).

    Attributes:
        box: Left, top, right and bottom of the face from the brows or the forehead to the chin, ``(4,)`` float32.
        score: How sure the detector is, in [0, 1]; 1 where a file or the user says so.
        landmarks68: iBUG's 68 points, ``(68, 2)`` float32; ``None`` where the detector has none.
        landmarks468: MediaPipe's 468 points, ``(468, 2)`` float32; ``None`` where the detector has none.
        depth468: Their depth in pixels, 0 near the middle of the head, smaller is nearer, ``(468,)`` float32;
            ``None`` where the detector has none. It is a guess of the network, fit for ordering points only.
        keypoints: Right eye, left eye, tip of the nose, mouth, right and left ear (the person's own sides),
            ``(6, 2)`` float32; ``None`` where the detector has none.
        lids: The rims of the lids of the right eye and of the left one by a look at the eyes alone, in the order of
            :data:`~aucgan.detection.mesh_points.RIGHT_EYE` and ``LEFT_EYE``, ``(2, 16, 2)`` float32; ``None`` where the
            detector has none.
        irises: Of the right eye and of the left one, ``(2, 5, 2)`` float32, the centre first; ``None`` where the
            detector has none.
    """

    box: np.ndarray
    score: float
    landmarks68: np.ndarray | None = None
    landmarks468: np.ndarray | None = None
    depth468: np.ndarray | None = None
    keypoints: np.ndarray | None = None
    lids: np.ndarray | None = None
    irises: np.ndarray | None = None


def bounding_box(points: np.ndarray) -> np.ndarray:
    """Left, top, right and bottom of points ``(N, 2)``, ``(4,)`` float32."""
    return np.concatenate([points.min(0), points.max(0)]).astype(np.float32)
