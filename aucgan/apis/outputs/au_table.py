"""Action units as a table in the manner of OpenFace's CSV, a row for each face in each frame."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from aucgan.action_units import AU_NAMES
from aucgan.expression import arkit_to_aus
from aucgan.files.number_table import numbers, read_table, write_table
from aucgan.motion.angles import from_camera_angles, to_camera_angles
from aucgan.motion.face_motion import FaceMotion

LEVELS = 5
"""Intensity 1 is FACS' level E, 5 in the table."""
PRESENT = 1 / LEVELS
"""From FACS' level A, a trace, on a unit counts as present."""
SUCCESS = 0.5
"""Confidence from which on a face counts as found."""
BLINK = ("AU45", "AUL45", "AUR45")
_START = ("frame", "face_id", "timestamp", "confidence", "success")
_POSE = ("pose_Tx", "pose_Ty", "pose_Tz", "pose_Rx", "pose_Ry", "pose_Rz")
_MILLIMETRES = np.array([1000.0, -1000.0, -1000.0])
"""From metres, y up and z towards the viewer, to the camera's axes."""


@dataclass(frozen=True)
class AUTable:
    """Rows sorted by frame, then face.

    Attributes:
        frame: ``(N,)`` int64.
        face: Whose face, ``(N,)`` int64.
        times: Seconds, ``(N,)``.
        confidence: In [0, 1], ``(N,)``.
        rotation: Of the head, axis-angle in radians, in the metric frame, ``(N, 3)``.
        translation: Of the head, metres, in the metric frame with the camera at its origin, ``(N, 3)``.
        names: Of the action units: ``AU12``, ``AUL12``, ``AUR12``, … (K).
        values: Intensities in [0, 1], ``(N, K)``.
    """

    frame: np.ndarray
    face: np.ndarray
    times: np.ndarray
    confidence: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    names: tuple[str, ...]
    values: np.ndarray

    def __post_init__(self) -> None:
        """Check shapes, names and ranges.

        Raises:
            ValueError: One is not as it should be.
        """
        count = len(self.frame)
        shapes = {"face": (), "times": (), "confidence": (), "rotation": (3,), "translation": (3,)}
        for name, width in (shapes | {"values": (len(self.names),)}).items():
            values = getattr(self, name)
            if values.shape != (count, *width) or not np.isfinite(values).all():
                raise ValueError(f"AU table: {name} must be {(count, *width)} and finite, got {values.shape}")
        for name in self.names:
            _column(name)
        if count and not 0 <= self.values.min() <= self.values.max() <= 1:
            raise ValueError(f"AU table: intensities must be in [0, 1], got up to {np.abs(self.values).max():g}")


def au_table(motions: Mapping[int, FaceMotion]) -> AUTable:
    """The action units that faces show: our 41 labels, then AU45 (blink) and its sides.

    Args:
        motions: By number of the face.

    Raises:
        ValueError: There is no face.
    """
    names = AU_NAMES + BLINK
    values = [[_units(motion.row(k)) for k in range(len(motion))] for motion in motions.values()]
    parts = {
        "frame": [motion.frames for motion in motions.values()],
        "face": [np.full(len(motion), face) for face, motion in motions.items()],
        "times": [motion.times for motion in motions.values()],
        "confidence": [motion.confidence for motion in motions.values()],
        "rotation": [motion.rotation for motion in motions.values()],
        "translation": [motion.translation for motion in motions.values()],
        "values": [np.array([[row[name] for name in names] for row in rows]) for rows in values],
    }
    if not motions:
        raise ValueError("an AU table needs at least one face")
    columns = {name: np.concatenate(arrays) for name, arrays in parts.items()}
    order = np.lexsort((columns["face"], columns["frame"]))
    return AUTable(names=names, **{name: column[order] for name, column in columns.items()})


def write_au_table(path: str | Path, table: AUTable) -> Path:
    """Write a CSV.

    Columns: ``frame, face_id, timestamp, confidence, success, pose_Tx, pose_Ty, pose_Tz`` (millimetres, x right,
    y down, z away from the camera), ``pose_Rx, pose_Ry, pose_Rz`` (radians about these axes, R = Rx·Ry·Rz),
    ``AU01_r`` (0 to 5) of every unit, sides as ``AU01L_r``, then ``AU01_c`` (0 or 1: at least a trace).

    Args:
        path: Ends in ``.csv``.
        table: What to write, e.g. from :func:`au_table`.

    Returns:
        The path.

    Raises:
        ValueError: The suffix is another.
    """
    pose = np.concatenate([table.translation * _MILLIMETRES, to_camera_angles(table.rotation)], axis=1)
    units = [_column(name) for name in table.names]
    header = [*_START, *_POSE, *(f"{unit}_r" for unit in units), *(f"{unit}_c" for unit in units)]
    rows = (
        [
            *(f"{table.frame[k]:d}", f"{table.face[k]:d}", f"{table.times[k]:.6f}", f"{table.confidence[k]:.4f}"),
            f"{table.confidence[k] >= SUCCESS:d}",
            *(f"{value:.6f}" for value in pose[k]),
            *(f"{LEVELS * value:.4f}" for value in table.values[k]),
            *(f"{value >= PRESENT:d}" for value in table.values[k]),
        ]
        for k in range(len(table.frame))
    )
    return write_table(path, header, rows)


def read_au_table(path: str | Path) -> AUTable:
    """Read such a CSV, ours or OpenFace's; columns that are none of ours are passed over.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It is no such table; the message names the column.
    """
    columns = read_table(path)
    if "face_id" not in columns:  # OpenFace's tables of one face
        columns["face_id"] = ["0"] * len(next(iter(columns.values())))
    units = {column[:-2]: name for column in columns if column.endswith("_r") and (name := _name(column[:-2]))}
    frame, face, times, confidence = numbers(columns, _START[:4], path).T
    pose = numbers(columns, _POSE, path)
    try:
        return AUTable(
            frame=frame.astype(np.int64),
            face=face.astype(np.int64),
            times=times,
            confidence=confidence,
            rotation=from_camera_angles(pose[:, 3:]),
            translation=pose[:, :3] / _MILLIMETRES,
            names=tuple(units.values()),
            values=numbers(columns, [f"{unit}_r" for unit in units], path).reshape(len(frame), -1) / LEVELS,
        )
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from error


def _units(weights: Mapping[str, float]) -> dict[str, float]:
    left, right = weights["eyeBlinkLeft"], weights["eyeBlinkRight"]
    return arkit_to_aus(weights) | dict(zip(BLINK, (max(left, right), left, right), strict=True))


def _column(name: str) -> str:
    """``AU01L`` of ``AUL1``."""
    found = re.fullmatch(r"AU([LR]?)(\d+)", name)
    if not found:
        raise ValueError(f"'{name}' is no action unit, such as AU12 or AUL12")
    return f"AU{int(found[2]):02d}{found[1]}"


def _name(column: str) -> str | None:
    """``AUL1`` of ``AU01L``."""
    found = re.fullmatch(r"AU(\d+)([LR]?)", column)
    return f"AU{found[2]}{int(found[1])}" if found else None
