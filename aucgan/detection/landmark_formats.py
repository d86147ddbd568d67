"""Files that hold the landmarks of photos: ``.npy``, ``.txt``, ``.pts`` and COCO-style JSON."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

FIRST_CENTRE: dict[str, float] = {".npy": 0.5, ".txt": 0.5, ".pts": 1.0, ".json": 0.0}
"""What each format calls the centre of the first pixel: ours say ½, 300-W's ``.pts`` follow Matlab and say 1 [1], COCO
counts from 0.

[1] Sagonas, Antonakos, Tzimiropoulos, Zafeiriou & Pantic, 300 faces in-the-wild challenge, IVC 2016.
"""

KEYPOINT_FIELDS = ("face_kpts", "keypoints")
"""Fields of an annotation that may hold the points, as x, y, visibility one after the other; COCO-WholeBody's first."""


def read_points(path: Path) -> np.ndarray:
    """Points as they stand in a ``.npy``, ``.txt`` or ``.pts`` file, ``(N, 2)`` or ``(N, 3)`` float64.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else.
    """
    try:
        if path.suffix == ".npy":
            points = np.load(path, allow_pickle=False)
        else:
            points = np.loadtxt(_point_lines(path), ndmin=2)
    except ValueError as error:
        raise ValueError(f"{path}: expected one point a row, x y or x y z: {error}") from error
    return _checked(np.asarray(points, np.float64), str(path))


def read_coco(path: Path) -> dict[str, list[np.ndarray]]:
    """The points of every face of every photo in a COCO-style JSON, ``(N, 2)`` float64, by the photo's file name.

    Raises:
        FileNotFoundError: There is no such file.
        ValueError: It holds something else.
    """
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
        names = {image["id"]: Path(image["file_name"]).name for image in content["images"]}
        faces: dict[str, list[np.ndarray]] = {name: [] for name in names.values()}
        for number, annotation in enumerate(content["annotations"]):
            field = next(f for f in KEYPOINT_FIELDS if f in annotation)
            values = np.asarray(annotation[field], np.float64).reshape(-1, 3)
            faces[names[annotation["image_id"]]].append(_checked(values[:, :2], f"{path}, annotation {number}"))
    except (KeyError, TypeError, StopIteration, json.JSONDecodeError) as error:
        raise ValueError(
            f"{path} is no COCO-style JSON: 'images' with id and file_name, 'annotations' with image_id and "
            f"{' or '.join(KEYPOINT_FIELDS)} were expected ({type(error).__name__}: {error})"
        ) from error
    return faces


def _point_lines(path: Path) -> list[str]:
    """Lines with numbers; a ``.pts`` file has them between braces, after a version and a count."""
    lines = path.read_text(encoding="utf-8").splitlines()
    if path.suffix != ".pts":
        return lines
    stripped = [line.strip() for line in lines]
    if "{" not in stripped or "}" not in stripped:
        raise ValueError("a .pts file has its points between { and }")
    return stripped[stripped.index("{") + 1 : stripped.index("}")]


def _checked(points: np.ndarray, place: str) -> np.ndarray:
    if points.ndim != 2 or points.shape[1] not in (2, 3) or not np.isfinite(points).all():
        raise ValueError(f"{place}: expected finite points (N, 2) or (N, 3), got shape {points.shape}")
    return points
