"""From what a photo shows to what is wanted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np
import torch
from scipy.spatial.transform import Rotation
from torch import Tensor

from aucgan.action_units import AU_NAMES
from aucgan.apis.edit.backdrop import Backdrop
from aucgan.apis.edit.edited_face import EditedFace
from aucgan.apis.edit.named_expression import NamedExpression
from aucgan.apis.reconstruction.face_result import ReconstructedFace
from aucgan.apis.reconstruction.trained_detail import ReadSkin, TrainedDetail
from aucgan.detection.mesh_points import IBUG68
from aucgan.fitting.fitted_faces import FittedFaces
from aucgan.motion.angles import from_yaw_pitch_roll, to_yaw_pitch_roll

FRONTAL = (0.0, 0.0, 0.0)


class FaceEditor:
    """Edits one reconstructed face; made once, called for each edit.

    Args:
        face: What a :class:`~aucgan.Reconstructor` gave.
        detail: The trained model that gave its displacement (``Reconstructor.detail``), so that the wrinkles change
            with the expression; ``None``: they stay.
    """

    def __init__(self, face: ReconstructedFace, detail: TrainedDetail | None = None) -> None:
        self.face, self.detail = face, detail
        self.own = NamedExpression.of(face.fitted)
        self._backdrops: dict[tuple[int, bool], Backdrop] = {}

    def __call__(
        self,
        values: Mapping[str, float] | None = None,
        add: bool = False,
        turn: Sequence[float] = FRONTAL,
        shape: np.ndarray | None = None,
        wrinkles: float = 1.0,
        draft: bool = False,
    ) -> EditedFace:
        """Edit.

        Args:
            values: Units and shapes by name, see :meth:`NamedExpression.changed`.
            add: Values are added to what the photo shows; else they are set.
            turn: How much further the head turns: yaw, pitch and roll in degrees, as the report of a face has them.
            shape: What is added to the identity's coefficients, ``(k,)`` for the first k of the head.
            wrinkles: The displacement is this many times as high.
            draft: The displacement stays the photo's, which saves the time of the network.

        Returns:
            The face; where nothing changes, all that it has is bit for bit that of the photo's.

        Raises:
            ValueError: A name is unknown or given twice, a value is out of range, or the shape is too long.
        """
        return self.express(self.own.changed(values or {}, add), self.turned(turn), shape, wrinkles, draft)

    def turned(self, turn: Sequence[float]) -> np.ndarray | None:
        """Where the head is when it turns further than in the photo.

        Args:
            turn: Yaw, pitch and roll, degrees.

        Returns:
            Axis-angle in radians, ``(3,)``, as :meth:`express` takes it; ``None`` where it does not turn.
        """
        if not any(turn):
            return None
        more = Rotation.from_rotvec(from_yaw_pitch_roll(np.radians([turn]))[0])
        return (self._own_turn * more).as_rotvec()

    def turn_to(self, rotation: Sequence[float] | np.ndarray) -> tuple[float, float, float]:
        """How much further than in the photo the head turns to be where a rotation (axis-angle) says, degrees."""
        more = (self._own_turn.inv() * Rotation.from_rotvec(rotation)).as_rotvec()
        yaw, pitch, roll = np.degrees(to_yaw_pitch_roll(more[None]))[0].tolist()
        return yaw, pitch, roll

    @property
    def _own_turn(self) -> Rotation:
        return Rotation.from_rotvec(self.face.fitted.pose[0, :3].double().numpy())

    def express(
        self,
        wanted: NamedExpression,
        rotation: np.ndarray | None = None,
        shape: np.ndarray | None = None,
        wrinkles: float = 1.0,
        draft: bool = False,
    ) -> EditedFace:
        """Let the person of the photo show an expression.

        Args:
            wanted: All that is shown.
            rotation: The head's turn, axis-angle in radians, ``(3,)``; its middle stays. Default the photo's.
            shape: As for :meth:`__call__`.
            wrinkles: Likewise.
            draft: Likewise.
        """
        fitted = self._posed(self._moved(wanted, shape), rotation)
        return EditedFace(
            fitted,
            self.face.detected,
            self.face.photo,
            self.face.studio,
            self._displacement(self.own if draft else wanted, wrinkles),
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

    def _displacement(self, wanted: NamedExpression, wrinkles: float) -> np.ndarray | None:
        """That of the photo, and what the network adds to it for another expression."""
        own = self.face.uv_displacement
        if own is None or (wanted == self.own and wrinkles == 1.0):
            return own
        if wanted != self.own and self._skin is not None:
            own = own + (self._made(self._skin, wanted) - self._made_own)
        return np.float32(wrinkles) * own

    def _made(self, skin: ReadSkin, wanted: NamedExpression) -> np.ndarray:
        """What the network makes for an expression, ``(S, S)`` metres."""
        aus = np.array([wanted.aus[name] - self.own.aus[name] for name in AU_NAMES])
        return skin.displacement(aus, *wanted.codes_from(self.own, self.face.fitted.head))

    @cached_property
    def _skin(self) -> ReadSkin | None:
        """What the trained model reads of the photo."""
        if self.detail is None:
            return None
        (square,) = self.detail.squares([self.face.detected])
        return self.detail.read_skin(self.face.photo, square, self.face.fitted)

    @cached_property
    def _made_own(self) -> np.ndarray:
        """What it makes for the photo's own; where faces came in a batch, rounding sets it apart from theirs."""
        assert self._skin is not None
        return self._made(self._skin, self.own)

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
