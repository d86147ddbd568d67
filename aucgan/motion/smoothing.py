"""Smoothing the motion of a fitted head, and how much its points tremble."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from scipy.spatial.transform import Rotation

from aucgan.numerics.one_euro import one_euro


@dataclass(frozen=True)
class Smoothing:
    """Settings of the One-Euro filters: cutoff at rest in hertz, and its rise with speed, per signal.

    Attributes:
        turn: Of the head's rotation, ``(cutoff, rise)``; the rise in hertz per (radian a second).
        place: Of the face's place before the camera; per (metre a second).
        expression: Of the codes of expression, jaw and eyes; per (unit a second).
    """

    turn: tuple[float, float] = (1.5, 6.0)
    place: tuple[float, float] = (1.5, 30.0)
    expression: tuple[float, float] = (2.5, 2.0)


def smooth_rotation(rotation: np.ndarray, rate: float, cutoff: float, rise: float) -> np.ndarray:
    """Rotations over time, axis-angle in radians ``(T, 3)``, by One-Euro filters on their unit quaternions."""
    quaternions = Rotation.from_rotvec(rotation).as_quat()
    for k in range(1, len(quaternions)):  # of the two signs, the one nearer to the frame before
        if quaternions[k] @ quaternions[k - 1] < 0:
            quaternions[k] *= -1
    return Rotation.from_quat(one_euro(quaternions, rate, cutoff, 2 * rise)).as_rotvec()


def smooth_pose(
    rotation: np.ndarray, translation: np.ndarray, centre: np.ndarray, rate: float, smoothing: Smoothing
) -> tuple[np.ndarray, np.ndarray]:
    """Smooth how a head is turned and where its face is.

    The place of the face is smoothed, not that of the frame's origin, which the noise of the rotation throws about.

    Args:
        rotation: Axis-angle, radians, ``(T, 3)``.
        translation: Of the head's origin, metres, ``(T, 3)``.
        centre: Of the face in the head's frame, ``(3,)``.
        rate: Frames a second.
        smoothing: The filters.

    Returns:
        Rotation and translation.
    """
    place = Rotation.from_rotvec(rotation).apply(centre) + translation
    turned = smooth_rotation(rotation, rate, *smoothing.turn)
    return turned, one_euro(place, rate, *smoothing.place) - Rotation.from_rotvec(turned).apply(centre)


def segments(frames: np.ndarray) -> Iterator[slice]:
    """The runs of frames without a gap among rising numbers ``(T,)``."""
    breaks = np.flatnonzero(np.diff(frames) != 1) + 1
    starts, ends = [0, *breaks.tolist()], [*breaks.tolist(), len(frames)]
    yield from (slice(start, end) for start, end in zip(starts, ends, strict=True) if start < end)


def jitter(points: np.ndarray, frames: np.ndarray, unit: float) -> float:
    """How much points tremble: the median distance of a point from the middle between the frames before and after.

    Args:
        points: ``(T, N, 2)``.
        frames: Numbers of the frames, ``(T,)``; only three in a row are compared.
        unit: Length that counts as 1.

    Returns:
        NaN where there are no three frames in a row.
    """
    off = [points[part][1:-1] - (points[part][:-2] + points[part][2:]) / 2 for part in segments(frames)]
    distances = np.concatenate([np.linalg.norm(one, axis=-1).ravel() for one in off]) if off else np.zeros(0)
    return float(np.median(distances)) / unit if len(distances) else float("nan")
