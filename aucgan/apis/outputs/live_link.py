"""ARKit weights and angles in the layout of Live Link Face's CSV."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from aucgan.arkit import arkit_name
from aucgan.files.number_table import numbers, read_table, write_table
from aucgan.motion.angles import from_yaw_pitch_roll, to_yaw_pitch_roll
from aucgan.motion.face_motion import MOTION_NAMES, FaceMotion

FRAMES_PER_SECOND = 60
"""Of the app, unless its user asks for others."""
_EYE = "EyeBlink{0} EyeLookDown{0} EyeLookIn{0} EyeLookOut{0} EyeLookUp{0} EyeSquint{0} EyeWide{0}"
_MOUTH = (
    "JawForward JawRight JawLeft JawOpen MouthClose MouthFunnel MouthPucker MouthRight MouthLeft "
    "MouthSmileLeft MouthSmileRight MouthFrownLeft MouthFrownRight MouthDimpleLeft MouthDimpleRight "
    "MouthStretchLeft MouthStretchRight MouthRollLower MouthRollUpper MouthShrugLower MouthShrugUpper "
    "MouthPressLeft MouthPressRight MouthLowerDownLeft MouthLowerDownRight MouthUpperUpLeft MouthUpperUpRight"
)
_REST = (
    "BrowDownLeft BrowDownRight BrowInnerUp BrowOuterUpLeft BrowOuterUpRight CheekPuff CheekSquintLeft "
    "CheekSquintRight NoseSneerLeft NoseSneerRight TongueOut"
)
SHAPES: tuple[str, ...] = tuple(f"{_EYE.format('Left')} {_EYE.format('Right')} {_MOUTH} {_REST}".split())
"""The 52 shapes in the file's spelling and order."""
ANGLES: tuple[str, ...] = tuple(
    f"{part}{angle}" for part in ("Head", "LeftEye", "RightEye") for angle in ("Yaw", "Pitch", "Roll")
)
HEADER: tuple[str, ...] = ("Timecode", "BlendShapeCount", *SHAPES, *ANGLES)
_ORDER = [MOTION_NAMES.index(arkit_name(shape) or "") for shape in SHAPES]
_TIMECODE = re.compile(r"(\d+):(\d+):(\d+)[:;](\d+(?:\.\d+)?)")
_THOUSAND, _DAY = 1000, 86400


def write_live_link(path: str | Path, motion: FaceMotion, frames_per_second: float = FRAMES_PER_SECOND) -> Path:
    """Write a CSV as Live Link Face does: timecode, blendshape count, 52 weights, nine angles of head and eyes.

    Args:
        path: Ends in ``.csv``.
        motion: The face. Weights of units without a shape and the translation have no column and are left out.
        frames_per_second: What the frames in the timecode count, rounded to a whole number.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is another, or a time is negative or beyond a day.
    """
    rate = _rate(frames_per_second)
    angles = [to_yaw_pitch_roll(turn) for turn in (motion.rotation, motion.eyes[:, :3], motion.eyes[:, 3:])]
    values = np.concatenate([motion.weights[:, _ORDER], *angles], axis=1)
    count = str(len(SHAPES) + len(ANGLES))
    rows = (
        [timecode(time, rate), count, *(f"{value:.8f}" for value in row)]
        for time, row in zip(motion.times, values, strict=True)
    )
    return write_table(path, HEADER, rows)


def read_live_link(path: str | Path, frames_per_second: float = FRAMES_PER_SECOND) -> FaceMotion:
    """Read such a CSV.

    Args:
        path: The file. Angles that it lacks are 0.
        frames_per_second: What the frames in the timecode count; the file does not say it.

    Returns:
        The motion, with times as the timecode has them, and no translation.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no such table; the message names the column.
    """
    table, rate = read_table(path), _rate(frames_per_second)
    weights = numbers(table, SHAPES, path)
    count = len(weights)
    given = [name for name in ANGLES if name in table]
    angles = np.zeros((count, len(ANGLES)))
    angles[:, [ANGLES.index(name) for name in given]] = numbers(table, given, path)
    head, left, right = (from_yaw_pitch_roll(part) for part in np.split(angles, 3, axis=1))
    ordered = np.zeros((count, len(MOTION_NAMES)))
    ordered[:, _ORDER] = weights
    times = [_seconds(cell, rate, path) for cell in table.get("Timecode", [])]
    if len(times) != count:
        raise ValueError(f"{path} has no column Timecode")
    try:
        return FaceMotion(np.array(times), ordered, head, np.zeros((count, 3)), np.concatenate([left, right], axis=1))
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def timecode(seconds: float, rate: int) -> str:
    """``HH:MM:SS:FF.mmm``: hours, minutes, seconds, frames and thousandths of a frame.

    Args:
        seconds: Since midnight.
        rate: Frames a second.

    Raises:
        ValueError: The time is negative, or on another day.
    """
    if not 0 <= seconds < _DAY:
        raise ValueError(f"a timecode is of one day, 0 to {_DAY} seconds, not {seconds:g}")
    frames, thousandths = divmod(round(seconds * rate * _THOUSAND), _THOUSAND)
    whole, frame = divmod(frames, rate)
    minutes, second = divmod(whole, 60)
    return f"{minutes // 60:02d}:{minutes % 60:02d}:{second:02d}:{frame:02d}.{thousandths:03d}"


def _seconds(cell: str, rate: int, path: str | Path) -> float:
    found = _TIMECODE.fullmatch(cell)
    if not found:
        raise ValueError(f"{path}: Timecode is {cell!r}, not HH:MM:SS:FF.mmm")
    hours, minutes, seconds, frames = map(float, found.groups())
    return hours * 3600 + minutes * 60 + seconds + frames / rate


def _rate(frames_per_second: float) -> int:
    rate = round(frames_per_second)
    if rate < 1:
        raise ValueError(f"frames_per_second must be at least 1, got {frames_per_second}")
    return rate
