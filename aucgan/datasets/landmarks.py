"""The 68 iBUG landmarks of a photo: reading, mirroring, the face region they enclose."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np

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


def landmark_file(folder: Path, name: str) -> Path:
    """``NAME.npy`` or ``NAME.txt``, whichever is there.

    Raises:
        FileNotFoundError: Neither file exists.
    """
    npy, txt = folder / f"{name}.npy", folder / f"{name}.txt"
    if npy.is_file():
        return npy
    if txt.is_file():
        return txt
    raise FileNotFoundError(f"neither {npy} nor {txt} exists: every photo needs its 68 landmarks")


def read_landmarks(folder: Path, name: str) -> np.ndarray:
    """Read ``NAME.npy`` or ``NAME.txt`` (68 lines ``x y``), ``(68, 2)`` float32 pixels.

    Raises:
        FileNotFoundError: Neither file exists.
        ValueError: It is damaged, the shape is wrong or a value is not finite.
    """
    path = landmark_file(folder, name)
    try:
        points = np.load(path, allow_pickle=False) if path.suffix == ".npy" else np.loadtxt(path)
    except (ValueError, EOFError) as error:
        raise ValueError(f"{path} is damaged or holds no points ({str(error).splitlines()[0]})") from error
    if points.shape != (N_LANDMARKS, 2) or not np.isfinite(points).all():
        raise ValueError(f"{path}: expected 68 finite points (68, 2), got shape {points.shape}")
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
