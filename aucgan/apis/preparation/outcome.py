"""What becomes of a photo: faces for training, and reasons why there are none."""

from __future__ import annotations

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from PIL import Image

from aucgan.files.array_file import save_arrays

UNREADABLE, NO_FACE, NOT_HUMAN, POOR, SMALL, CUT, HIDDEN, COPY = (
    "unreadable", "no face", "no human face", "poor fit", "too small", "cut off", "hidden", "copy",
)  # fmt: skip
REASONS: dict[str, str] = {
    UNREADABLE: "the file is no picture, or a damaged one",
    NO_FACE: "the detector finds none",
    NOT_HUMAN: "the detector finds one, the fit takes it for no human one",
    POOR: "the confidence of the fit is too low",
    SMALL: "the crop has too few pixels of the photo",
    CUT: "too many landmarks lie outside the photo",
    HIDDEN: "too little of the face is visible skin",
    COPY: "another photo of the folder has the same content",
}
"""Why photos or faces are left out."""


@dataclass(frozen=True)
class Rejection:
    """Why a photo, or a face of it, is left out.

    Attributes:
        reason: One of :data:`REASONS`.
        detail: What was measured.
        face: Which face of the photo, from 1; 0 for the whole photo.
    """

    reason: str
    detail: str = ""
    face: int = 0


@dataclass(frozen=True)
class PreparedFace:
    """A sample.

    Attributes:
        name: Stem of its files.
        identity: The person.
        aus: Intensities in [0, 1], −1 where unknown, ``(41,)``.
        au_source: Who says so: ``labels`` or ``fit``.
        confidence: Of the fit, in [0, 1].
        image: The crop, ``(S, S, 3)`` uint8.
        landmarks: iBUG's 68 points, pixels of the crop, ``(68, 2)``.
        landmarks468: MediaPipe's, ``(468, 2)``.
        mask: Visible skin, 0 or 255, ``(S, S)`` uint8.
        codes: Fitted codes by name.
    """

    name: str
    identity: str
    aus: np.ndarray
    au_source: str
    confidence: float
    image: np.ndarray
    landmarks: np.ndarray
    landmarks468: np.ndarray
    mask: np.ndarray
    codes: Mapping[str, np.ndarray]

    def files(self, quality: int) -> dict[tuple[str, str], bytes]:
        """Content of its files by kind and suffix; the same face gives the same bytes."""
        return {
            ("images", ".jpg"): _jpeg(self.image, quality),
            ("landmarks", ".npy"): _array(self.landmarks),
            ("landmarks468", ".npy"): _array(self.landmarks468),
            ("masks", ".png"): _png(self.mask),
            ("codes", ".npz"): _arrays(self.codes),
        }

    def record(self) -> dict[str, Any]:
        """What ``samples.csv`` will say, as plain data."""
        aus = [round(float(value), 4) for value in self.aus]
        return dict(
            name=self.name,
            identity=self.identity,
            au_source=self.au_source,
            confidence=round(self.confidence, 4),
            aus=aus,
        )


@dataclass(frozen=True)
class PhotoOutcome:
    """What became of a photo.

    Attributes:
        photo: Its key.
        content: Hash of the file; empty where it could not be read.
        faces: What can be trained on.
        rejections: What was left out, and why.
    """

    photo: str
    content: str = ""
    faces: list[PreparedFace] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)

    def record(self) -> dict[str, Any]:
        """Plain data for the journal."""
        rejected = [vars(rejection) for rejection in self.rejections]
        return dict(photo=self.photo, content=self.content, faces=[f.record() for f in self.faces], rejected=rejected)


def _jpeg(image: np.ndarray, quality: int) -> bytes:
    content = io.BytesIO()
    Image.fromarray(image).save(content, "jpeg", quality=quality, subsampling=0)
    return content.getvalue()


def _png(mask: np.ndarray) -> bytes:
    content = io.BytesIO()
    Image.fromarray(mask).save(content, "png", compress_level=9)
    return content.getvalue()


def _array(array: np.ndarray) -> bytes:
    content = io.BytesIO()
    np.save(content, array.astype(np.float32))
    return content.getvalue()


def _arrays(arrays: Mapping[str, np.ndarray]) -> bytes:
    content = io.BytesIO()
    save_arrays(content, arrays)
    return content.getvalue()
