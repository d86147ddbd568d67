"""Faces over the frames of a video: each keeps its number as long as it is seen."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.detection.boxes import overlaps
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.detection.mediapipe_face_mesh import MediaPipeFaceMesh


@dataclass
class _Track:
    number: int
    face: DetectedFace
    seen: int  # the last frame


class FaceTracker:
    """Follows faces where the detector can, and searches a frame anew only now and then.

    A face that is lost has no place in the frames that do not show it. One that is found again within ``memory`` frames
    where it was keeps its number; later or elsewhere it counts as another face.

    Args:
        detector: Finds faces. Those that cannot follow a face search every frame.
        interval: Frames between two searches for further faces while one is followed.
        idle_interval: The same while there is none.
        memory: Frames for which a lost face is remembered.
        least_overlap: Least overlap (intersection over union) of the boxes of one face in two frames.
        max_faces: How many faces are followed at once; ``None``: all.
    """

    def __init__(
        self,
        detector: FaceDetector,
        interval: int = 15,
        idle_interval: int = 2,
        memory: int = 30,
        least_overlap: float = 0.3,
        max_faces: int | None = None,
    ) -> None:
        if min(interval, idle_interval) < 1 or memory < 0 or not 0 < least_overlap < 1:
            raise ValueError(
                f"intervals must be at least 1, memory at least 0 and least_overlap between 0 and 1, got {interval}, "
                f"{idle_interval}, {memory}, {least_overlap}"
            )
        self.detector, self.max_faces = detector, max_faces
        self.interval, self.idle_interval = interval, idle_interval
        self.memory, self.least_overlap = memory, least_overlap
        self._tracks: list[_Track] = []
        self._frame, self._searched, self._count = -1, -interval, 0

    def __call__(self, frame: np.ndarray) -> dict[int, DetectedFace]:
        """The faces of the next frame ``(H, W, 3)`` uint8 by their numbers, which count from 0."""
        self._frame += 1
        self._tracks = [track for track in self._tracks if self._frame - track.seen <= self.memory]
        seen = self._follow(frame)
        if self._frame - self._searched >= (self.interval if seen else self.idle_interval):
            self._search(frame, seen)
        return seen

    def _follow(self, frame: np.ndarray) -> dict[int, DetectedFace]:
        """The faces of the frame before, where they are now."""
        seen: dict[int, DetectedFace] = {}
        if not isinstance(self.detector, MediaPipeFaceMesh):
            self._searched = self._frame - self.interval
            return seen
        for track in [track for track in self._tracks if track.seen == self._frame - 1]:
            face = self.detector.follow(frame, track.face)
            # A jump is another face, and where two tracks meet, the first one stays.
            if (
                face is not None
                and self._same(track.face, face)
                and not any(self._same(o, face) for o in seen.values())
            ):
                self._note(track, face, seen)
        return seen

    def _search(self, frame: np.ndarray, seen: dict[int, DetectedFace]) -> None:
        """Add the faces that are not followed: those remembered, and new ones."""
        self._searched = self._frame
        for face in self.detector(frame):
            if any(self._same(other, face) for other in seen.values()):
                continue
            if self.max_faces is not None and len(seen) >= self.max_faces:
                return
            lost = [track for track in self._tracks if track.number not in seen and self._same(track.face, face)]
            if not lost:
                lost = [_Track(self._count, face, self._frame)]
                self._tracks += lost
                self._count += 1
            self._note(lost[-1], face, seen)

    def _note(self, track: _Track, face: DetectedFace, seen: dict[int, DetectedFace]) -> None:
        track.face, track.seen = face, self._frame
        seen[track.number] = face

    def _same(self, one: DetectedFace, other: DetectedFace) -> bool:
        return float(overlaps(one.box, other.box[None])[0]) >= self.least_overlap
