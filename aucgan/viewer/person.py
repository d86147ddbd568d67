"""Whom a visitor edits: a face from a photo, or the mean head where there is none yet."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch

from aucgan.apis.edit import EditedFace, FaceEditor
from aucgan.apis.photos import Photo
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.studio import Studio
from aucgan.apis.reconstruction.trained_detail import TrainedDetail
from aucgan.detection.detected_face import DetectedFace
from aucgan.detection.mesh_points import N_POINTS
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.viewer.face_state import FaceState

DISTANCE, FOCAL = 0.6, 1000.0
"""Of the mean head from its camera, metres, and the camera's focal length, pixels."""
SIDE = 512
"""Pixels of its plain photo."""
SKIN = (206, 165, 142)
"""Its colour, sRGB."""


@dataclass(frozen=True)
class Person:
    """A face and what its visitors start from.

    Attributes:
        face: As reconstructed.
        name: Of the photo, for names of files.
        has_photo: Whether it is somebody's.
        detail: The trained model that gave the face its displacement, where there is one.
    """

    face: ReconstructedFace
    name: str = "face"
    has_photo: bool = True
    detail: TrainedDetail | None = None

    @classmethod
    def mean(cls, studio: Studio) -> Person:
        """The mean head, in plain skin."""
        return cls(_mean_face(studio), "mean", has_photo=False)

    @cached_property
    def editor(self) -> FaceEditor:
        """What changes it."""
        return FaceEditor(self.face, self.detail)

    @cached_property
    def start(self) -> FaceState:
        """What the photo shows."""
        return FaceState(self.editor.own)

    @cached_property
    def middle(self) -> np.ndarray:
        """Of the head, in its own frame, ``(3,)`` metres."""
        return (self.face.verts.min(0) + self.face.verts.max(0)) / 2

    @property
    def has_wrinkles(self) -> bool:
        """Whether a network gave detail."""
        return self.face.uv_displacement is not None

    def edited(self, state: FaceState, draft: bool = False) -> EditedFace:
        """The face that a state wants.

        Args:
            state: What is set.
            draft: Leave the wrinkles as the photo has them, which saves the time of the network.
        """
        shape = np.array(state.identity, np.float32) if any(state.identity) else None
        return self.editor.express(state.expression, self.editor.turned(state.turn), shape, state.wrinkles, draft)

    def picture(self, state: FaceState, side: int) -> tuple[np.ndarray, float]:
        """The face in its photo, ``(side, side, 3)`` uint8, and how many metres that is at the head's distance."""
        fitted, part = self.face.fitted, self.editor.backdrop(side).part
        metres = side / part.scale[0] * float(-fitted.camera_points(fitted.verts)[0, :, 2].mean() / fitted.focal[0])
        return np.asarray(self.edited(state).render(side)), metres

    def in_scene(self, face: EditedFace) -> tuple[np.ndarray, np.ndarray]:
        """Vertices turned about the middle of the head, which is the origin, and their normals, ``(V, 3)`` both."""
        turned = torch.from_numpy(face.verts - self.middle).float() @ face.fitted.rotation[0].T
        normals = self.face.studio.renderer.vertex_normals(turned[None].to(self.face.studio.device))[0]
        return turned.numpy(), normals.cpu().numpy()


def _mean_face(studio: Studio) -> ReconstructedFace:
    """The mean head before a plain wall of its own colour."""
    head = studio.head
    codes = dict(
        shape=torch.zeros(1, head.n_identity),
        expression=torch.zeros(1, len(head.expression_names)),
        pose=torch.zeros(1, 6),
        neck_pose=torch.zeros(1, 3),
        eye_pose=torch.zeros(1, 6),
    )
    fitted = FittedFaces(
        head=head,
        **codes,
        translation=torch.tensor([[0.0, 0.0, -DISTANCE]]),
        focal=torch.full((1,), FOCAL),
        principal_point=torch.full((1, 2), SIDE / 2),
        verts=torch.zeros(1, len(head.v_template), 3),
        landmarks468=torch.full((1, N_POINTS, 2), torch.nan),
        landmarks68=torch.full((1, 68, 2), torch.nan),
        residuals=torch.full((1, N_POINTS), torch.nan),
        visible=torch.ones(1, N_POINTS, dtype=torch.bool),
        confidence=torch.ones(1),
        warnings=[[]],
        weak=False,
        iterations=torch.zeros(1, dtype=torch.int64),
    )
    verts = studio.posed(fitted)
    middle = (verts.amin(1) + verts.amax(1)) / 2
    fitted = replace(fitted, verts=verts, translation=fitted.translation - middle)
    pixels = np.full((SIDE, SIDE, 3), SKIN, np.uint8)
    detected = DetectedFace(np.array([0, 0, SIDE, SIDE], np.float32), 1.0)
    return ReconstructedFace(fitted, detected, Photo(pixels, (SIDE, SIDE)), studio)
