"""One reconstructed face: its mesh, its camera, its expression in numbers and words, its pictures and files."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import numpy as np
from PIL import Image
from torch import Tensor

from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.photo_texture import photo_texture
from aucgan.apis.reconstruction.studio import Studio
from aucgan.apis.reconstruction.words import in_words
from aucgan.detection.detected_face import DetectedFace
from aucgan.expression import arkit_to_aus
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.heads.arkit import ARKIT_NAMES


@dataclass(frozen=True)
class HeadCamera:
    """From the head's frame to the photo.

    ``camera_points = points @ rotation.T + translation``; the camera stands at the origin, x to the right of the photo,
    y up, and looks along −z.

    Attributes:
        rotation: ``(3, 3)``.
        translation: Metres, ``(3,)``.
        focal: Focal length in pixels of the photo.
        principal_point: Pixels of the photo, ``(2,)``.
        weak: All points are projected as if they were as far away as ``translation`` says.
    """

    rotation: np.ndarray
    translation: np.ndarray
    focal: float
    principal_point: np.ndarray
    weak: bool

    def project(self, points: np.ndarray) -> np.ndarray:
        """Points ``(N, 3)`` of the head's frame in pixels of the photo, ``(N, 2)``."""
        seen = points @ self.rotation.T + self.translation
        depth = self.translation[2] if self.weak else seen[:, 2:]
        return seen[:, :2] / -depth * [1.0, -1.0] * self.focal + self.principal_point


@dataclass(frozen=True)
class ReconstructedFace:
    """A face of a photo. Pixels are those of the original photo, upright; the first pixel's centre is at (½, ½).

    Attributes:
        fitted: Codes and camera, a batch of one.
        detected: What the detector said, in the same pixels.
        photo: The photo.
        uv_displacement: What a detail network adds along the normals of the mesh, metres, ``(S, S)`` float32, row 0 at
            v = 1; ``None`` without one.
        source: The photo's file, where there is one.
    """

    fitted: FittedFaces
    detected: DetectedFace
    photo: Photo = field(repr=False)
    studio: Studio = field(repr=False)
    uv_displacement: np.ndarray | None = None
    source: Path | None = None

    @property
    def verts(self) -> np.ndarray:
        """Vertices in the head's frame with expression and jaw, without the head's turn, ``(V, 3)`` metres."""
        return self.fitted.verts[0].numpy()

    @property
    def faces(self) -> np.ndarray:
        """Triangles, ``(F, 3)`` int64."""
        return self.studio.head.faces

    @property
    def landmarks468(self) -> np.ndarray:
        """MediaPipe's points on the mesh, ``(468, 2)`` pixels."""
        return self.fitted.landmarks468[0].numpy()

    @property
    def landmarks68(self) -> np.ndarray:
        """The points of iBUG on the mesh, ``(68, 2)`` pixels."""
        return self.fitted.landmarks68[0].numpy()

    @property
    def detected468(self) -> np.ndarray | None:
        """MediaPipe's points as they were detected, ``(468, 2)`` pixels; ``None`` where the detector gives none."""
        return self.detected.landmarks468

    @property
    def pose(self) -> np.ndarray:
        """The head's turn and that of the jaw, axis-angle in radians, ``(6,)``; :attr:`camera` has the rest."""
        return self.fitted.pose[0].numpy()

    @property
    def camera(self) -> HeadCamera:
        """From the head's frame to the photo."""
        f = self.fitted
        place = (f.rotation[0].numpy(), f.translation[0].numpy())
        return HeadCamera(*place, float(f.focal[0]), f.principal_point[0].numpy(), f.weak)

    @cached_property
    def expression(self) -> dict[str, float]:
        """Weights in [0, 1] of ARKit's 52 shapes, by name."""
        weights = self._weights
        return {name: weights[name] for name in ARKIT_NAMES}

    @cached_property
    def aus(self) -> dict[str, float]:
        """Intensities in [0, 1] of the 41 action units, by the names of :data:`aucgan.action_units.AU_NAMES`."""
        return arkit_to_aus(self._weights)

    @property
    def words(self) -> list[str]:
        """What the face shows, the strongest first; empty for a face at rest."""
        return in_words(self.aus)

    @property
    def confidence(self) -> float:
        """In [0, 1]: how well the fit explains a human face."""
        return float(self.fitted.confidence[0])

    @property
    def warnings(self) -> list[str]:
        """What is wrong with the fit, ``"name: what was measured"``; see :data:`aucgan.fitting.WARNINGS`."""
        return self.fitted.warnings[0]

    @property
    def box(self) -> np.ndarray:
        """Left, top, right and bottom of the face as detected, ``(4,)`` pixels."""
        return self.detected.box

    @cached_property
    def texture(self) -> np.ndarray:
        """The photo carried to the UV chart, RGB in [0, 1] with the photo's light in it, ``(S, S, 3)`` float32."""
        return photo_texture(self.studio, self.fitted, self.photo.pixels, self.photo.size)

    @cached_property
    def tangent_normals(self) -> Tensor:
        """Normals of the detailed surface as a normal texture holds them, relative to the mesh, ``(3, S, S)``."""
        return self.studio.tangent_normals(self.fitted, self.uv_displacement)

    def render_normals(self, size: int | tuple[int, int] | None = None) -> tuple[np.ndarray, np.ndarray]:
        """Normals of the detailed face, aligned with the photo.

        Args:
            size: Height and width of the result, which shows the whole photo, or its longer side; default the photo's.

        Returns:
            Unit normals in the camera's frame, x right, y down, z into the picture, ``(H, W, 3)`` float32, and the mask
            of where there are any, ``(H, W)`` bool. Without a detail network they are those of the smooth head.
        """
        height, width = self.photo.size
        if isinstance(size, int):
            size = (max(1, round(size * height / max(height, width))), max(1, round(size * width / max(height, width))))
        return self.studio.normals(self.fitted, self.uv_displacement, self.photo.size, size or self.photo.size)

    def save(self, folder: str | Path, what: str | Sequence[str] = "all", name: str | None = None) -> list[Path]:
        """Write files; see ``docs/reconstruct.md``. They appear together, or none does.

        Args:
            folder: Where to; made when it does not exist.
            what: Names of :data:`~aucgan.apis.reconstruction.saving.KINDS`, or ``"all"``.
            name: How the files' names begin; default the photo's stem, or ``face``.

        Returns:
            The files.

        Raises:
            ValueError: ``what`` names something else.
        """
        from aucgan.apis.reconstruction.saving import save_face

        return save_face(self, folder, what, name or (self.source.stem if self.source else "face"))

    def picture(self, side: int = 256) -> Image.Image:
        """The face in its photo, the fitted shape and the texture on it, side by side."""
        from aucgan.apis.reconstruction.comparison import comparison

        return comparison(self, side)

    def show(self) -> Image.Image:
        """The face as a picture; at the end of a notebook's cell it is shown."""
        return self.picture()

    def _repr_png_(self) -> bytes:
        content = io.BytesIO()
        self.picture().save(content, "png")
        return content.getvalue()

    @cached_property
    def _weights(self) -> dict[str, float]:
        return self.fitted.arkit(0)
