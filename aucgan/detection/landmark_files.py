"""Landmarks that somebody has placed already, looked up by the name of the photo."""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

import numpy as np

from aucgan.detection.detected_face import DetectedFace, bounding_box
from aucgan.detection.detector import FaceDetector
from aucgan.detection.landmark_formats import FIRST_CENTRE, read_coco, read_points
from aucgan.detection.mesh_points import IBUG68, N_POINTS, to_ibug68
from aucgan.registry import DETECTORS

PER_PHOTO = (".npy", ".txt", ".pts")
WITH_IRISES = 478  # MediaPipe's attention variant adds five points of the right iris and five of the left one


@DETECTORS.register_module()
class LandmarkFiles(FaceDetector):
    """Faces from landmark files: one ``.npy``, ``.txt`` or ``.pts`` a photo, or one COCO-style JSON for all.

    A face has iBUG's 68 points or MediaPipe's 468, or 478 with irises. Formats differ in where they count from; each
    file is read by its format's custom, or as ``first_centre`` says.

    Args:
        path: Folder of ``NAME.npy``, ``NAME.txt`` or ``NAME.pts`` for the photo ``NAME.*``; or the JSON.
        first_centre: What the files call the centre of the first pixel; ``None`` for the format's custom: 0.5 in
            ``.npy`` and ``.txt``, 1 in ``.pts`` (300-W), 0 in JSON (COCO).
    """

    def __init__(self, path: str | Path, first_centre: float | None = None) -> None:
        self.path, self.first_centre = Path(path), first_centre

    @cached_property
    def _coco(self) -> dict[str, list[np.ndarray]]:
        return read_coco(self.path)

    def find(self, photo: np.ndarray, source: Path | None) -> list[DetectedFace]:
        """The faces whose landmarks are on file; none where the photo has no file.

        Raises:
            FileNotFoundError: The folder or the JSON does not exist.
            ValueError: The photo's name is not known, or a file holds something else.
        """
        if source is None:
            raise ValueError("LandmarkFiles looks a photo up by its name: call it with source=FILE")
        if not self.path.exists():
            raise FileNotFoundError(f"{self.path} does not exist: a folder of landmarks or a COCO-style JSON is needed")
        if self.path.is_file():
            return [self._face(points, self.path) for points in self._coco.get(source.name, [])]
        paths = [self.path / (source.stem + suffix) for suffix in PER_PHOTO]
        return [self._face(read_points(path), path) for path in paths if path.is_file()][:1]

    def _face(self, points: np.ndarray, path: Path) -> DetectedFace:
        first = FIRST_CENTRE[path.suffix.lower()] if self.first_centre is None else self.first_centre
        where = (points[:, :2] + (0.5 - first)).astype(np.float32)
        if len(points) == len(IBUG68):
            return DetectedFace(bounding_box(where), 1.0, landmarks68=where)
        if len(points) not in (N_POINTS, WITH_IRISES):
            raise ValueError(f"{path} has {len(points)} points; iBUG's 68 or MediaPipe's 468 were expected")
        irises = where[N_POINTS:].reshape(2, -1, 2) if len(points) == WITH_IRISES else None
        where, depth = where[:N_POINTS], None
        if points.shape[1] == 3:
            depth = points[:N_POINTS, 2].astype(np.float32)
        return DetectedFace(bounding_box(where), 1.0, to_ibug68(where), where, depth, irises=irises)
