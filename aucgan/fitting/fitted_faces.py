"""What a fit gives: codes of the head, the camera, and how far the fit may be trusted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aucgan.heads.expression_codes import ExpressionCodes, codes_to_arkit
from aucgan.heads.head import Head
from aucgan.models.face_models.rotations import axis_angle_to_matrix
from aucgan.motion.gaze import gaze_turns, looking, turned_by
from aucgan.renderers.camera import pinhole, weak_perspective

N_POSE = 6


@dataclass(frozen=True)
class FittedFaces:
    """A batch of fitted faces, on the CPU, float32.

    The camera stands at the origin of the metric frame (x to the right of the picture, y up, z towards the viewer) and
    looks along −z; the head is turned about the origin of its own frame, then moved:
    ``camera_points = points @ rotation.T + translation``.

    Attributes:
        head: The head that was fitted.
        shape: Identity coefficients, ``(B, I)``, all columns of the head.
        expression: Expression coefficients, ``(B, E)``, all columns of the head; columns that the jaw's rotation makes
            (``head.jaw_turns``) are 0, ``pose`` has them.
        pose: Global rotation and jaw rotation, axis-angle in radians, as :class:`~aucgan.models.FLAME` takes them,
            ``(B, 6)``.
        neck_pose: Axis-angle, ``(B, 3)``; 0, as points of the face cannot tell the neck from the global rotation.
        eye_pose: Left and right eye, axis-angle, ``(B, 6)``.
        translation: Of the turned head, metres, ``(B, 3)``.
        focal: Focal length, pixels of the original photo, ``(B,)``.
        principal_point: Pixels of the original photo, the centre of pixel (row i, column j) at (j + ½, i + ½),
            ``(B, 2)``.
        verts: Vertices in the head's frame, metres, expression, jaw and eyes included, head pose excluded,
            ``(B, V, 3)``.
        landmarks468: MediaPipe's points on the fitted mesh, pixels of the original photo, ``(B, 468, 2)``.
        landmarks68: iBUG's points on the fitted mesh, the outline as it is seen, pixels, ``(B, 68, 2)``.
        residuals: Distance of each of the 468 points to the detected one, as a share of the distance of the outer
            corners of the eyes, ``(B, 468)``; NaN where a point was not given. How the detector's points slide on
            turned heads is taken out, where the fitter does so.
        visible: Which of the 468 points face the camera, ``(B, 468)`` bool.
        confidence: In [0, 1], ``(B,)``: how well the fit explains a human face. Above 0.5: as photos of people.
        warnings: For each face what is wrong with its fit, as ``"name: what was measured"``; the names are
            :data:`aucgan.fitting.WARNINGS`. Empty where all is well.
        weak: The camera is a weak-perspective one: ``focal`` is that at the depth of ``translation``.
        iterations: Steps that were taken over all stages, ``(B,)`` int64.
        albedo: Colour of the skin at the vertices, linear RGB in [0, 1], ``(B, V, 3)``; ``None`` without a photometric
            stage.
        light: Spherical harmonics as everywhere, in the camera's frame, ``(B, 9, 3)``; ``None`` likewise.
    """

    head: Head
    shape: Tensor
    expression: Tensor
    pose: Tensor
    neck_pose: Tensor
    eye_pose: Tensor
    translation: Tensor
    focal: Tensor
    principal_point: Tensor
    verts: Tensor
    landmarks468: Tensor
    landmarks68: Tensor
    residuals: Tensor
    visible: Tensor
    confidence: Tensor
    warnings: list[list[str]]
    weak: bool
    iterations: Tensor
    albedo: Tensor | None = None
    light: Tensor | None = None

    def __len__(self) -> int:
        return len(self.shape)

    def __getitem__(self, index: int | slice | Sequence[int]) -> FittedFaces:
        """Some of the faces; one face stays a batch of one."""
        rows = np.atleast_1d(np.arange(len(self))[index]).tolist()
        chosen: dict[str, Any] = {name: getattr(self, name)[rows] for name in self._tensors()}
        return replace(self, **chosen, warnings=[self.warnings[row] for row in rows])

    @property
    def rotation(self) -> Tensor:
        """Global rotation as matrices, ``(B, 3, 3)``."""
        return axis_angle_to_matrix(self.pose[:, :3])

    @property
    def jaw_pose(self) -> Tensor:
        """Axis-angle, radians, ``(B, 3)``."""
        return self.pose[:, 3:]

    @property
    def error(self) -> Tensor:
        """Mean residual, as a share of the distance of the outer corners of the eyes, ``(B,)``."""
        return self.residuals.nanmean(1)

    def camera_points(self, points: Tensor) -> Tensor:
        """Points ``(B, N, 3)`` in the head's frame to the camera's, metres."""
        return points @ self.rotation.transpose(1, 2) + self.translation[:, None]

    def to_pixels(self, points: Tensor) -> Tensor:
        """Points ``(B, N, 3)`` in the head's frame to pixels of the original photos, ``(B, N, 2)``."""
        seen = self.camera_points(points)
        if self.weak:
            return weak_perspective(seen, self.translation[:, 2], self.focal, self.principal_point)
        return pinhole(seen, self.focal, self.principal_point)

    def arkit(self, index: int) -> dict[str, float]:
        """The ARKit weights of one face by name, all 52 in [0, 1]; the eyes' turn counts as the eyeLook shapes."""
        codes = ExpressionCodes(self.expression[index].numpy(), self.jaw_pose[index].numpy())
        weights, turns = codes_to_arkit(codes, self.head), gaze_turns(self.head)
        by_shapes = turned_by(np.array([[weights[name] for name in turns]]), turns)
        gaze = looking(self.eye_pose[index].numpy() + by_shapes, turns)[0]
        return weights | dict(zip(turns, map(float, gaze), strict=True))

    @staticmethod
    def join(parts: Sequence[FittedFaces]) -> FittedFaces:
        """Append batches that one fitter made."""
        first = parts[0]
        rows: dict[str, Any] = {name: torch.cat([getattr(part, name) for part in parts]) for name in first._tensors()}
        return replace(first, **rows, warnings=[warning for part in parts for warning in part.warnings])

    def _tensors(self) -> list[str]:
        return [f.name for f in fields(self) if isinstance(getattr(self, f.name), Tensor)]
