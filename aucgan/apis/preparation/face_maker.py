"""From photos to samples: found, judged, fitted, cut out."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

import cv2
import numpy as np

from aucgan.apis.photos import Photo, UnreadablePhotoError, open_photo
from aucgan.apis.preparation.au_labels import FITTED, LABELLED, read_au_labels, seen_by_fit
from aucgan.apis.preparation.fit_codes import FitCodes
from aucgan.apis.preparation.identities import Identities, looked_up
from aucgan.apis.preparation.outcome import (
    CUT,
    HIDDEN,
    NO_FACE,
    NOT_HUMAN,
    POOR,
    SMALL,
    UNREADABLE,
    PhotoOutcome,
    PreparedFace,
    Rejection,
)
from aucgan.apis.preparation.photo_list import SourcePhoto
from aucgan.apis.preparation.settings import PrepareSettings
from aucgan.apis.preparation.skin_mask import hull_share, skin_mask
from aucgan.apis.reconstruction.face_crop import crop_square
from aucgan.apis.reconstruction.reconstructor import Reconstructor
from aucgan.apis.reconstruction.studio import Studio
from aucgan.datasets.face_crop import TRAINING_SCALE
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.detector import FaceDetector
from aucgan.detection.mediapipe_face_mesh import MediaPipeFaceMesh
from aucgan.detection.window import Window
from aucgan.expression import arkit_to_aus
from aucgan.fitting.defaults import PHOTO_STAGE, STAGES_OF_A_FIT
from aucgan.fitting.face_fitter import FaceFitter
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.focal_length import focal_from_exif

INSIDE = 0.9
"""Least share of the landmarks that lie within the photo."""


@dataclass(frozen=True)
class _Found:
    """A face on its way: its photo, the photo's pixels, what the detector said, and its number in the photo."""

    source: SourcePhoto
    photo: Photo
    face: DetectedFace
    number: int


class FaceMaker:
    """Makes samples of photos; needs nothing but the photo and its path to decide about each.

    Args:
        settings: How.
        detector: What finds faces and their 468 points; default MediaPipe's networks.

    Raises:
        ValueError: A table of the settings is damaged.
        FileNotFoundError: The detector's networks are not installed, or a table does not exist.
    """

    def __init__(self, settings: PrepareSettings, detector: FaceDetector | None = None) -> None:
        self.settings = settings
        self.detector = MediaPipeFaceMesh() if detector is None else detector
        self.identities = Identities(settings.identity)
        self.labels = {} if settings.aus is None else read_au_labels(Path(settings.aus))

    @cached_property
    def fitter(self) -> FaceFitter:
        """Looks at points and photo."""
        return FaceFitter(self.settings.head, stages=STAGES_OF_A_FIT | PHOTO_STAGE)

    @cached_property
    def _studio(self) -> Studio:
        return Studio(self.fitter.model.head, self.settings.head)

    @cached_property
    def _codes(self) -> FitCodes:
        return FitCodes(self.fitter)

    def __call__(self, photos: Sequence[SourcePhoto]) -> list[PhotoOutcome]:
        """What becomes of some photos, which are fitted at once."""
        outcomes = {photo.key: PhotoOutcome(photo.key) for photo in photos}
        found = []
        for photo in photos:
            outcomes[photo.key], faces = self._find(photo)
            found += faces
        if found:
            pixels = [one.photo.pixels for one in found]
            fitted = self.fitter([one.face for one in found], pixels, focal=[_focal(one) for one in found])
            for row, one in enumerate(found):
                made = self._make(one, fitted[row])
                if isinstance(made, Rejection):
                    outcomes[one.source.key].rejections.append(made)
                else:
                    outcomes[one.source.key].faces.append(made)
        return list(outcomes.values())

    def _find(self, source: SourcePhoto) -> tuple[PhotoOutcome, list[_Found]]:
        """The faces of a photo that are worth fitting, and what was left out."""
        try:
            content = hashlib.sha256(source.path.read_bytes()).hexdigest()
            photo = open_photo(source.path)
        except (UnreadablePhotoError, OSError) as error:
            reason = error.reason if isinstance(error, UnreadablePhotoError) else error.strerror or str(error)
            return PhotoOutcome(source.key, rejections=[Rejection(UNREADABLE, reason)]), []
        outcome = PhotoOutcome(source.key, content)
        found = []
        faces = self.detector(photo.pixels, source.path)[: self.settings.max_faces]
        for number, face in enumerate(faces, start=1):
            rejection = self._judge(photo, face, number)
            if rejection is None:
                found.append(_Found(source, photo, face, number))
            else:
                outcome.rejections.append(rejection)
        if not faces:
            outcome.rejections.append(Rejection(NO_FACE))
        return outcome, found

    def _judge(self, photo: Photo, face: DetectedFace, number: int) -> Rejection | None:
        if face.landmarks468 is None or face.landmarks68 is None:
            raise ValueError(f"{type(self.detector).__name__} gives no 468 points, which training data need")
        side = float(crop_square(face, TRAINING_SCALE[1])[2])
        if side < self.settings.min_side:
            return Rejection(SMALL, f"{side:.0f} pixels on a side, not {self.settings.min_side}", number)
        height, width = photo.pixels.shape[:2]
        inside = ((face.landmarks68 >= 0) & (face.landmarks68 <= [width, height])).all(1).mean()
        if inside < INSIDE:
            return Rejection(CUT, f"{100 * inside:.0f} % of the landmarks are inside", number)
        return None

    def _make(self, found: _Found, fitted: FittedFaces) -> PreparedFace | Rejection:
        confidence = float(fitted.confidence[0])
        if Reconstructor.refuses(fitted.warnings[0]):
            return Rejection(NOT_HUMAN, "; ".join(fitted.warnings[0]), found.number)
        if confidence < self.settings.min_confidence:
            reasons = "; ".join([f"confidence {confidence:.2f}", *fitted.warnings[0]])
            return Rejection(POOR, reasons, found.number)
        left, top, side = (float(value) for value in crop_square(found.face, TRAINING_SCALE[1]))
        size = min(self.settings.size, round(side))
        corner, zoom = np.array([left, top]), size / side
        image = Window(left + side / 2, top + side / 2, side).cut(found.photo.pixels, size, cv2.BORDER_REPLICATE)
        fitted = in_crop(fitted, corner, zoom)
        given, given468 = found.face.landmarks68, found.face.landmarks468
        assert given is not None and given468 is not None
        landmarks, dense = (((points - corner) * zoom).astype(np.float32) for points in (given, given468))
        mask = skin_mask(self._studio, image, landmarks, dense, fitted)
        share = hull_share(mask, landmarks)
        if share < self.settings.min_skin:
            return Rejection(HIDDEN, f"{100 * share:.0f} % of the face is visible skin", found.number)
        name, identity = self._person(found)
        aus, source = self._aus(found, fitted)
        codes = self._codes(fitted, size)
        return PreparedFace(name, identity, aus, source, confidence, image, landmarks, dense, mask, codes)

    def _person(self, found: _Found) -> tuple[str, str]:
        """Name and identity; what is said of a photo is said of its largest face."""
        if found.number > 1:
            name = f"{found.source.name}-{found.number}"
            return name, name
        return found.source.name, self.identities.of(found.source)

    def _aus(self, found: _Found, fitted: FittedFaces) -> tuple[np.ndarray, str]:
        labels = looked_up(self.labels, found.source) if found.number == 1 else None
        if labels is not None:
            return labels, LABELLED
        return seen_by_fit(arkit_to_aus(fitted.arkit(0))), FITTED


def in_crop(fitted: FittedFaces, corner: np.ndarray, zoom: float) -> FittedFaces:
    """Faces fitted in a photo, in pixels of a part of it.

    Args:
        fitted: The faces.
        corner: Left upper corner of the part in pixels of the photo, ``(2,)``.
        zoom: Pixels of the part for one of the photo.
    """
    moved = {
        name: (getattr(fitted, name) - fitted.focal.new_tensor(corner)) * zoom
        for name in ("principal_point", "landmarks468", "landmarks68")
    }
    return replace(fitted, focal=fitted.focal * zoom, **moved)


def _focal(found: _Found) -> float | None:
    """In pixels of the working copy, where the camera noted it."""
    focal = focal_from_exif(found.source.path)
    return None if focal is None else focal / found.photo.divisor
