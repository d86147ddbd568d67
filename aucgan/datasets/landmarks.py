"""The 68 iBUG landmarks of a photo: reading, mirroring, the face region they enclose."""

from __future__ import annotations

import io

import cv2
import numpy as np

from aucgan.datasets.sample_files import SampleFile

N_LANDMARKS = 68


def _mirror_index() -> np.ndarray:
    """Which landmark takes whose place when the image is flipped left to right (iBUG 300-W order)."""
    pairs = [(i, 16 - i) for i in range(8)]  # jaw line, 8 is the chin
    pairs += [(17 + i, 26 - i) for i in range(5)]  # brows
    pairs += [(31, 35), (32, 34)]  # nostrils
    pairs += [(36, 45), (37, 44), (38, 43), (39, 42), (40, 47), (41, 46)]  # eyes
    pairs += [(48, 54), (49, 53), (50, 52), (55, 59), (56, 58), (60, 64), (61, 63), (65, 67)]  # mouth
    index = np.arange(N_LANDMARKS)
    for a, b in pairs:
        index[a], index[b] = b, a
    return index


MIRROR_INDEX = _mirror_index()


def read_landmarks(file: SampleFile, count: int = N_LANDMARKS) -> np.ndarray:
    """Read ``NAME.npy``, or ``NAME.txt`` with lines ``x y``, ``(count, 2)`` float32 pixels.

    Raises:
        ValueError: It is damaged, the shape is wrong or a value is not finite.
    """
    content = io.BytesIO(file.read_bytes())
    try:
        points = np.load(content, allow_pickle=False) if file.suffix == ".npy" else np.loadtxt(content)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{file} is damaged or holds no points ({str(error).splitlines()[0]})") from error
    if points.shape != (count, 2) or not np.isfinite(points).all():
        raise ValueError(f"{file}: expected {count} finite points ({count}, 2), got shape {points.shape}")
    return points.astype(np.float32)


def hull_mask(landmarks: np.ndarray, size: tuple[int, int]) -> np.ndarray:
    """The convex hull of the landmarks, raised over the brows by half the nose's length, ``(H, W)`` uint8.

    Landmarks stop at the brows; the forehead that wrinkles lies above them.
    """
    up = landmarks[27] - landmarks[33]
    points = np.concatenate([landmarks, landmarks[17:27] + 0.5 * up])
    mask = np.zeros(size, np.uint8)
    hull = cv2.convexHull(np.round(points - 0.5).astype(np.int32))
    return cv2.fillConvexPoly(mask, hull, 255)
