"""Faces in photos to codes of a head, by optimisation."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from aucgan.detection.detected_face import DetectedFace
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.fitting.start import Start
from aucgan.heads.head import Head
from aucgan.registry import FITTERS


@FITTERS.register_module()
class FaceFitter:
    """Fits a head to the 468 points of faces, and to the photos themselves.

    Args:
        head: Name or file of a head with dense landmarks, see :func:`aucgan.heads.load_head`, or the head.
        energies: What is minimised: energies by name, each with its ``weight``.
        stages: What is done, in this order: by name, ``iterations``, ``unknowns`` (of ``pose``, ``identity``,
            ``expression``) and the names of the ``energies`` that count.
        n_identity: How many identity columns are unknowns; those left out stay 0.
        left_out: Beginnings of the names of expression columns that are no unknowns.
        camera: ``'pinhole'`` or ``'weak'`` (weak perspective).
        focal: Focal length where nobody knows it, in longer sides of the photo.
        batch_size: How many faces are fitted at once; faces of one person or one track stay together.
    """

    def __init__(
        self,
        head: str | Path | Head = "anny",
        energies: dict[str, dict] | None = None,
        stages: dict[str, dict] | None = None,
        n_identity: int = 80,
        left_out: Sequence[str] = ("eyeLook", "tongueOut", "AU"),
        camera: str = "pinhole",
        focal: float = 1.3,
        batch_size: int = 32,
    ) -> None: ...

    def __call__(
        self,
        faces: Sequence[DetectedFace],
        photos: Sequence[np.ndarray],
        *,
        focal: Sequence[float | None] | None = None,
        person: Sequence[Any] | None = None,
        track: Sequence[Any] | None = None,
        start: Start | FittedFaces | None = None,
    ) -> FittedFaces:
        """Fit.

        Args:
            faces: One face of each photo, with its 468 landmarks.
            photos: RGB ``(H, W, 3)`` uint8, or ``(H, W)``-sized stand-ins where no stage looks at pixels.
            focal: Focal lengths in pixels, such as :func:`aucgan.fitting.focal_from_exif` gives; ``None`` for the
                default.
            person: Labels of the faces; those with equal labels share one identity. ``None``: everybody has their own.
            track: Labels of videos; faces with equal labels are its frames in their order, one person's, and move
                smoothly. ``None``: no face is the next frame of another.
            start: Codes to start from, such as a regressor's; default the mean head at rest, seen as the points say.

        Returns:
            The fitted faces in the order given.

        Raises:
            ValueError: A face has no 468 points, a photo another form, or the lists differ in length.
        """
        raise NotImplementedError
