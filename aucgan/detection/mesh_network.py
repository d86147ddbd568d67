"""The network that places 468 points on a face."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from aucgan.detection.mesh_points import LEFT_EYE_CORNER, N_POINTS, RIGHT_EYE_CORNER
from aucgan.detection.model_files import find_model
from aucgan.detection.tflite_network import TFLiteNetwork
from aucgan.detection.window import Window

MARGIN = 1.5
"""Side of the window that the network looks at, in sides of the face's box."""

FIRST_CENTRE = 0.5
"""The network counts pixels from 0 at the centre of the first: its points of a picture and of the mirrored picture
differ by −1.2 ± 0.5 pixels without this."""


@dataclass(frozen=True)
class MeshReading:
    """What the network reads from a window of a photo.

    Attributes:
        points: In pixels of the photo, ``(468, 2)`` float32.
        depth: In pixels of the photo, smaller is nearer, ``(468,)`` float32.
        presence: How sure it is that this is a face seen from the front or the half-profile, in [0, 1].
    """

    points: np.ndarray
    depth: np.ndarray
    presence: float


class MeshNetwork:
    """MediaPipe's face mesh [1] without the attention variant.

    Args:
        folder: Folder of the network's file; ``None`` looks into the installed wheels.
        threads: How many threads run it.

    [1] Kartynnik, Ablavatski, Grishchenko & Grundmann, Real-time facial surface geometry from monocular video on
        mobile GPUs, CVPR workshop 2019.
    """

    def __init__(self, folder: str | Path | None = None, threads: int = 1) -> None:
        self.network = TFLiteNetwork(find_model("landmarks", folder), {"points": 3 * N_POINTS, "presence": 1}, threads)

    def __call__(self, photo: np.ndarray, window: Window) -> MeshReading:
        """Read a window of a photo ``(H, W, 3)`` uint8."""
        size = self.network.size
        out = self.network(window.cut(photo, size, cv2.BORDER_REPLICATE).astype(np.float32) / 255.0)
        points = out["points"].reshape(N_POINTS, 3) / size
        points[:, :2] += FIRST_CENTRE / size
        presence = float(1.0 / (1.0 + np.exp(-float(out["presence"].reshape(())))))
        where = window.to_photo(points[:, :2]).astype(np.float32)
        return MeshReading(where, (points[:, 2] * window.side).astype(np.float32), presence)


def window_of_box(box: np.ndarray, right_eye: np.ndarray, left_eye: np.ndarray) -> Window:
    """Where to look for the points of a face that was found: the eyes level, the box with a margin."""
    x, y = (box[:2] + box[2:]) / 2
    return Window(x, y, float(MARGIN * (box[2:] - box[:2]).max()), _tilt(right_eye, left_eye))


def window_of_points(points: np.ndarray) -> Window:
    """Where to look for the points again, a second time or in the next frame of a video."""
    turned = Window(0.0, 0.0, 1.0, _tilt(points[RIGHT_EYE_CORNER], points[LEFT_EYE_CORNER]))
    along = points @ turned.axes.T
    low, high = along.min(0), along.max(0)
    x, y = (low + high) / 2 @ turned.axes
    return Window(float(x), float(y), float(MARGIN * (high - low).max()), turned.angle)


def _tilt(right_eye: np.ndarray, left_eye: np.ndarray) -> float:
    """Angle that makes the line from the person's right eye (left in the picture) to the left one level."""
    across = left_eye - right_eye
    return float(np.arctan2(across[1], across[0]))
