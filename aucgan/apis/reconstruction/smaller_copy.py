"""Faces of a smaller copy of a photo as faces of the photo."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from aucgan.detection.detected_face import DetectedFace
from aucgan.fitting.fitted_faces import FittedFaces

IN_PIXELS = ("focal", "principal_point", "landmarks468", "landmarks68")


def fitted_in_original(fitted: FittedFaces, factor: float) -> FittedFaces:
    """Faces fitted in a copy, in pixels of the photo, which is ``factor`` times as large."""
    if factor == 1:
        return fitted
    return replace(fitted, **{name: getattr(fitted, name) * factor for name in IN_PIXELS})


def detected_in_original(face: DetectedFace, factor: float) -> DetectedFace:
    """A face found in a copy, in pixels of the photo, which is ``factor`` times as large."""
    if factor == 1:
        return face
    places = {name: value for name, value in vars(face).items() if value is not None and name != "score"}
    return replace(face, **{name: (value * factor).astype(np.float32) for name, value in places.items()})
