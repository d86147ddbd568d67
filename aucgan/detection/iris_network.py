"""The network that looks at the eyes: the rims of the lids, and the irises."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

from aucgan.detection.mesh_points import LEFT_EYE, N_IRIS, RIGHT_EYE
from aucgan.detection.model_files import find_model
from aucgan.detection.tflite_network import TFLiteNetwork
from aucgan.detection.window import Window

MARGIN = 2.3
"""Side of the window that the network looks at, in distances of the corners of the eye."""
RIM = (0, 9, 10, 11, 12, 13, 14, 15, 8, 7, 6, 5, 4, 3, 2, 1)
"""The network's points of the lids, which go over the lower lid first, in the order of ``RIGHT_EYE``."""
N_CONTOURS = 71
"""Points of the lids, then of folds and brows, which are not used."""
FIRST_CENTRE = 0.5
"""The network counts pixels from 0 at the centre of the first, as that of the 468 points does."""
CORNERS = ((RIGHT_EYE[0], RIGHT_EYE[8]), (LEFT_EYE[0], LEFT_EYE[8]))
"""Outer and inner corner of the right eye and of the left one."""


class IrisNetwork:
    """MediaPipe's iris network [1]. It knows right eyes; left ones are shown to it in the mirror.

    Args:
        folder: Folder of the network's file; ``None`` looks into the installed wheels.
        threads: How many threads run it.

    [1] Ablavatski, Vakunov, Grishchenko, Raveendran & Zhdanovich, Real-time pupil tracking from monocular video for
        digital puppetry, CVPR workshop 2020.
    """

    def __init__(self, folder: str | Path | None = None, threads: int = 1) -> None:
        outputs = {"contours": 3 * N_CONTOURS, "iris": 3 * N_IRIS}
        self.network = TFLiteNetwork(find_model("iris", folder), outputs, threads)

    def __call__(self, photo: np.ndarray, points: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Read both eyes of a face.

        Args:
            photo: ``(H, W, 3)`` uint8.
            points: The 468 points, pixels, ``(468, 2)``.

        Returns:
            Rims of the lids and irises as :class:`~aucgan.detection.DetectedFace` has them, ``(2, 16, 2)`` and
            ``(2, 5, 2)`` float32.
        """
        right, left = (
            self._eye(photo, points[list(corners)], mirrored=eye == 1) for eye, corners in enumerate(CORNERS)
        )
        return np.stack([right[0], left[0]]), np.stack([right[1], left[1]])

    def _eye(self, photo: np.ndarray, corners: np.ndarray, mirrored: bool) -> tuple[np.ndarray, np.ndarray]:
        """Rim and iris of an eye with these outer and inner corners ``(2, 2)``."""
        x, y = corners.mean(0)
        across = (corners[0] - corners[1]) if mirrored else (corners[1] - corners[0])
        side, angle = MARGIN * float(np.linalg.norm(across)), float(np.arctan2(across[1], across[0]))
        window = Window(float(x), float(y), max(side, 1.0), angle)
        picture = window.cut(photo, self.network.size, cv2.BORDER_REPLICATE).astype(np.float32) / 255.0
        out = self.network(picture[:, ::-1] if mirrored else picture)
        parts = [(out[name].reshape(-1, 3)[:, :2] + FIRST_CENTRE) / self.network.size for name in ("contours", "iris")]
        parts = [part * [-1, 1] + [1, 0] if mirrored else part for part in parts]
        rim, iris = (window.to_photo(part).astype(np.float32) for part in parts)
        return rim[list(RIM)], iris
