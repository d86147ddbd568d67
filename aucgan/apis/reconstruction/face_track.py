"""One face over the frames of a video."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import torch

from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.words import in_words
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.mesh_points import IBUG68, LEFT_EYE_CORNER, N_POINTS, OUTLINE, RIGHT_EYE_CORNER
from aucgan.expression import arkit_to_aus
from aucgan.fitting.fit_model import FitModel
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.motion.smoothing import Smoothing, jitter, segments, smooth_pose
from aucgan.numerics.one_euro import one_euro

INNER = np.setdiff1d(np.arange(N_POINTS), OUTLINE)
"""Points that stay where they are on the skin."""
SHOWN = 0.9
"""What a track shows, in words, is what it reaches in a tenth of its frames."""


@dataclass(frozen=True)
class FaceTrack:
    """A face over time.

    Attributes:
        number: Of the face in its video, from 0.
        frames: Numbers of the frames that show it, ``(T,)`` int64; what lacks is a gap.
        times: Of these frames, seconds, ``(T,)``.
        fitted: Codes and camera in each, smoothed; without vertices, see :meth:`posed`.
        jitter: How much the points tremble, in distances of the outer corners of the eyes: as ``detected``, as
            ``fitted`` frame by frame, and ``smoothed``.
        portrait: The face in the frame that shows it best, with its texture.
        model: Of the head.
    """

    number: int
    frames: np.ndarray
    times: np.ndarray
    fitted: FittedFaces
    jitter: dict[str, float]
    portrait: ReconstructedFace
    model: FitModel = field(repr=False)

    @property
    def words(self) -> list[str]:
        """What the face shows somewhere in the video, the strongest first."""
        rows = [arkit_to_aus(self.fitted.arkit(k)) for k in range(len(self.frames))]
        return in_words({name: float(np.quantile([row[name] for row in rows], SHOWN)) for name in rows[0]})

    @property
    def gaps(self) -> list[tuple[int, int]]:
        """First and last frame of each gap between the frames that show the face."""
        return [(int(a) + 1, int(b) - 1) for a, b in zip(self.frames[:-1], self.frames[1:], strict=True) if b - a > 1]

    def posed(self, index: int) -> FittedFaces:
        """The face in one of its frames, with vertices."""
        return with_mesh(self.fitted[index], self.model)


def with_mesh(fitted: FittedFaces, model: FitModel) -> FittedFaces:
    """Codes with the vertices and points that they make."""
    verts = model.vertices(fitted.shape, fitted.expression, fitted.jaw_pose, fitted.eye_pose)
    dense = model.head.dense_landmarks
    assert dense is not None
    corners = verts[:, torch.as_tensor(model.head.faces[dense.faces])]
    points = (corners * torch.as_tensor(dense.weights)[..., None]).sum(2)
    pixels = fitted.to_pixels(points)
    return replace(fitted, verts=verts, landmarks468=pixels, landmarks68=pixels[:, list(IBUG68)])


def without_mesh(fitted: FittedFaces) -> FittedFaces:
    """Codes alone: the vertices of many frames fill the memory."""
    return replace(fitted, verts=fitted.verts[:, :0])


def smoothed(fitted: FittedFaces, frames: np.ndarray, rate: float, smoothing: Smoothing) -> FittedFaces:
    """The codes of one face over time, each run of frames smoothed by itself."""
    dense = fitted.head.dense_landmarks
    assert dense is not None
    centre = dense.points(fitted.head.v_template, fitted.head.faces).mean(0).astype(np.float64)
    rows: dict[str, list[np.ndarray]] = {name: [] for name in ("pose", "translation", "expression", "eye_pose")}
    for part in segments(frames):
        run = fitted[part]
        turn, place = smooth_pose(run.pose[:, :3].numpy(), run.translation.numpy(), centre, rate, smoothing)
        jaw = one_euro(run.jaw_pose.numpy(), rate, *smoothing.expression)
        rows["pose"].append(np.concatenate([turn, jaw], 1))
        rows["translation"].append(place)
        for name in ("expression", "eye_pose"):
            rows[name].append(one_euro(getattr(run, name).numpy(), rate, *smoothing.expression))
    whole: dict[str, Any] = {name: torch.from_numpy(np.concatenate(parts)).float() for name, parts in rows.items()}
    return replace(fitted, **whole)


def jitters(detected: Sequence[DetectedFace], frames: np.ndarray, **fits: FittedFaces) -> dict[str, float]:
    """Jitter of the detected points, and of those of some fits."""
    points = np.stack([face.landmarks468 for face in detected if face.landmarks468 is not None])
    eyes = float(np.linalg.norm(points[:, LEFT_EYE_CORNER] - points[:, RIGHT_EYE_CORNER], axis=1).mean())
    seen = {"detected": points} | {name: fitted.landmarks468.numpy() for name, fitted in fits.items()}
    return {name: round(jitter(one[:, INNER], frames, eyes), 6) for name, one in seen.items()}
