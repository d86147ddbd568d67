"""From what a photo shows to what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from aucgan.apis.edit.backdrop import Backdrop
from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.named_expression import NamedExpression
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.detection.mesh_points import IBUG68
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.motion.angles import from_yaw_pitch_roll

FRONTAL = (0.0, 0.0, 0.0)


class FaceEditor:
    """Edits one reconstructed face; made once, called for each edit.

    Args:
        face: What a :class:`~aucgan.Reconstructor` gave.
    """

    def __init__(self, face: ReconstructedFace) -> None:
        self.face = face
        self.own = NamedExpression.of(face.fitted)
        self._backdrops: dict[tuple[int, bool], Backdrop] = {}

    def __call__(
        self,
        values: Mapping[str, float] | None = None,
        add: bool = False,
        turn: Sequence[float] = FRONTAL,
        shape: np.ndarray | None = None,
    ) -> EditedFace:
        """Edit.

        Args:
            values: Units and shapes by name, see :meth:`NamedExpression.changed`.
            add: Values are added to what the photo shows; else they are set.
            turn: How much further the head turns: yaw, pitch and roll in degrees, as the report of a face has them.
            shape: What is added to the identity's coefficients, ``(k,)`` for the first k of the head.

        Returns:
            The face; where nothing changes, all that it has is bit for bit that of the photo's.

        Raises:
            ValueError: A name is unknown or given twice, a value is out of range, or the shape is too long.
        """
        rotation = None
        if any(turn):
            more = from_yaw_pitch_roll(np.radians([turn]))[0]
            own = self.face.fitted.pose[0, :3].double().numpy()
            rotation = (Rotation.from_rotvec(own) * Rotation.from_rotvec(more)).as_rotvec()
        return self.express(self.own.changed(values or {}, add), rotation, shape)

    def express(
        self, wanted: NamedExpression, rotation: np.ndarray | None = None, shape: np.ndarray | None = None
    ) -> EditedFace:
        """Let the person of the photo show an expression.

        Args:
            wanted: All that is shown.
            rotation: The head's turn, axis-angle in radians, ``(3,)``, about the middle of the head; default the photo's.
            shape: As for :meth:`__call__`.
        """
        fitted = self._posed(self._moved(wanted, shape), rotation)
        return EditedFace(
            fitted,
            self.face.detected,
            self.face.photo,
            self.face.studio,
            self.face.uv_displacement,
            self.face.source,
            original=self.face,
            wanted=wanted,
            backdrop=self.backdrop,
        )

    def backdrop(self, side: int, whole: bool = False) -> Backdrop:
        """The unedited face in a part of its photo; the last one is kept."""
        if (side, whole) not in self._backdrops:
            self._backdrops = {(side, whole): Backdrop.of(self.face, side, whole)}
        return self._backdrops[side, whole]

    def _moved(self, wanted: NamedExpression, shape: np.ndarray | None) -> FittedFaces:
        """The fit with other codes, and the vertices that they make."""
        own = self.face.fitted
        exp, jaw = (torch.from_numpy(part)[None] for part in wanted.codes_from(self.own, own.head))
        identity = self._identity(shape)
        if not (exp.any() or jaw.any() or identity.any()):
            return own
        fitted = replace(
            own,
            shape=own.shape + identity,
            expression=own.expression + exp,
            pose=torch.cat([own.pose[:, :3], own.jaw_pose + jaw], 1),
        )
        return replace(fitted, verts=own.verts + (self._verts(fitted) - self._own_verts))

    def _posed(self, fitted: FittedFaces, rotation: np.ndarray | None) -> FittedFaces:
        """The fit with the head turned about its middle, and the points that are seen then."""
        own = self.face.fitted
        if rotation is not None:
            pose = torch.cat([torch.as_tensor(rotation, dtype=torch.float32)[None], fitted.jaw_pose], 1)
            turned = replace(fitted, pose=pose)
            middle = (own.verts.amin(1) + own.verts.amax(1)) / 2
            stay = own.camera_points(middle[:, None]) - turned.camera_points(middle[:, None])
            fitted = replace(turned, translation=own.translation + stay[:, 0])
        dense = own.head.dense_landmarks
        if fitted is own or dense is None:
            return fitted
        corners = torch.as_tensor(own.head.faces[dense.faces])
        weights = torch.as_tensor(dense.weights)[..., None]
        before, after = (one.to_pixels((one.verts[:, corners] * weights).sum(2)) for one in (own, fitted))
        shift = after - before
        return replace(
            fitted,
            landmarks468=own.landmarks468 + shift,
            landmarks68=own.landmarks68 + shift[:, list(IBUG68)],
        )

    def _identity(self, shape: np.ndarray | None) -> Tensor:
        most = self.face.fitted.shape.shape[1]
        given = np.zeros(0, np.float32) if shape is None else np.asarray(shape, np.float32)
        if given.ndim != 1 or len(given) > most:
            raise ValueError(f"shape must be (k,) with at most the head's {most} identity columns, got {given.shape}")
        return torch.from_numpy(np.pad(given, (0, most - len(given))))[None]

    @cached_property
    def _own_verts(self) -> Tensor:
        return self._verts(self.face.fitted)

    def _verts(self, fitted: FittedFaces) -> Tensor:
        return self.face.studio.posed(fitted)
