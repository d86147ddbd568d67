"""Faces of a video: followed, fitted with one identity each, smoothed."""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.face_track import FaceTrack, jitters, smoothed, with_mesh, without_mesh
from aucgan.apis.reconstruction.video_frames import VideoFile
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.detection.mediapipe_face_mesh import MediaPipeFaceMesh
from aucgan.detection.tracking import FaceTracker
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.start import Start
from aucgan.motion.smoothing import Smoothing

if TYPE_CHECKING:
    from aucgan.apis.reconstruction.reconstructor import Reconstructor

KEY_FRAMES = 24
"""Frames of a track that its identity is fitted to, spread evenly."""
LEAST_FRAMES = 3
"""Tracks with fewer are taken for mistakes of the detector, unless the video is shorter."""
BATCH = 64
"""Frames that are fitted together."""
BETTER = 1.1
"""How much better a frame must show a face than the best so far to be kept in its place."""


@dataclass(frozen=True)
class FaceVideo:
    """What there is in a video.

    Attributes:
        file: The video.
        length: How many frames it has.
        tracks: The faces, by number.
        refused: Faces that were followed and that the fit takes for no human ones.
    """

    file: VideoFile
    length: int
    tracks: list[FaceTrack]
    refused: int

    def save(self, folder: str | Path, what: str | Sequence[str] = "all", name: str | None = None) -> list[Path]:
        """Write files; see ``docs/reconstruct.md``. They appear together, or none does.

        Args:
            folder: Where to; made when it does not exist.
            what: Names of :data:`~aucgan.apis.reconstruction.kinds.VIDEO_KINDS`, or ``"all"``.
            name: How the files' names begin; default the video's stem.

        Returns:
            The files.
        """
        from aucgan.apis.reconstruction.video_saving import save_video

        return save_video(self, folder, what, name or self.file.path.stem)


@dataclass
class _Sighting:
    """What was seen of one face."""

    frames: list[int] = field(default_factory=list)
    faces: list[DetectedFace] = field(default_factory=list)
    best: int = -1
    score: float = 0.0
    picture: np.ndarray | None = None

    def add(self, number: int, face: DetectedFace, frame: np.ndarray) -> None:
        score = _shows(face)
        if score > BETTER * self.score:
            self.best, self.score, self.picture = len(self.frames), score, frame
        self.frames.append(number)
        self.faces.append(face)


def reconstruct_video(
    reconstructor: Reconstructor, path: str | Path, max_faces: int | None = None, smoothing: Smoothing | None = None
) -> FaceVideo:
    """Follow, fit and smooth; see :meth:`~aucgan.apis.reconstruction.reconstructor.Reconstructor.video`.

    Raises:
        ValueError: The detector gives no points to fit a head to.
    """
    file = VideoFile.of(path)
    tracker = FaceTracker(_quick(reconstructor.detector), memory=max(1, round(file.rate)), max_faces=max_faces)
    sightings: dict[int, _Sighting] = {}
    length = 0
    for number, frame in enumerate(file):
        length = number + 1
        for track, face in tracker(frame).items():
            if face.landmarks468 is None:
                raise ValueError(f"{type(tracker.detector).__name__} gives no points: videos need another detector")
            sightings.setdefault(track, _Sighting()).add(number, face, frame)
    least = min(LEAST_FRAMES, length)
    seen = [sighting for sighting in sightings.values() if len(sighting.frames) >= least]
    tracks = [_track(reconstructor, file, sighting, smoothing or Smoothing()) for sighting in seen]
    human = [track for track in tracks if track is not None]
    human = [replace(track, number=number) for number, track in enumerate(human)]
    return FaceVideo(file, length, human, len(tracks) - len(human))


def _track(
    reconstructor: Reconstructor, file: VideoFile, sighting: _Sighting, smoothing: Smoothing
) -> FaceTrack | None:
    """Fit and smooth one face; ``None`` where it is no human one."""
    stand_in = np.broadcast_to(np.uint8(0), (*file.size, 3))  # the fit of a frame looks at points alone
    count = len(sighting.frames)
    keys = np.unique(np.linspace(0, count - 1, min(count, KEY_FRAMES)).round().astype(int))
    fitter = reconstructor.fitter
    key = _for_alike(fitter, len(keys))(
        [sighting.faces[k] for k in keys], [stand_in] * len(keys), person=[0] * len(keys)
    )
    if 2 * sum(reconstructor.refuses(warnings) for warnings in key.warnings) > len(keys):
        return None
    parts = []
    for start in range(0, count, BATCH):
        faces = sighting.faces[start : start + BATCH]
        known = Start(shape=key.shape[:1].expand(len(faces), -1))
        parts.append(without_mesh(reconstructor.follower(faces, [stand_in] * len(faces), start=known)))
    raw, frames = FittedFaces.join(parts), np.array(sighting.frames)
    smooth = without_mesh(with_mesh(smoothed(raw, frames, file.rate, smoothing), fitter.model))
    measured = jitters(sighting.faces, frames, fitted=raw, smoothed=smooth)
    assert sighting.picture is not None
    portrait = ReconstructedFace(
        with_mesh(raw[sighting.best], fitter.model),
        sighting.faces[sighting.best],
        Photo(sighting.picture, file.size),
        reconstructor.studio,
        source=file.path,
    )
    return FaceTrack(0, frames, frames / file.rate, smooth, measured, portrait, fitter.model)


def _for_alike(fitter: FaceFitter, count: int) -> FaceFitter:
    """The fitter for frames of one video: they err alike, so that together they outweigh the prior no more than one."""
    other, prior = copy(fitter), copy(fitter.energies["identity"])
    prior.weight *= count
    other.energies = {**fitter.energies, "identity": prior}
    return other


def _quick(detector: FaceDetector) -> FaceDetector:
    """The detector without its search of tiles, which no video waits for; its networks are shared."""
    if not isinstance(detector, MediaPipeFaceMesh):
        return detector
    return detector.without_tiles()


def _shows(face: DetectedFace) -> float:
    """How well a frame shows a face: its size, less where it is averted."""
    points = face.landmarks468
    assert points is not None
    width = np.ptp(points[:, 0])
    averted = abs(2 * points[1, 0] - points[234, 0] - points[454, 0]) / max(width, 1e-6)  # nose between the ears
    return float(width * np.ptp(points[:, 1]) * max(1 - averted, 0.01)) ** 0.5
