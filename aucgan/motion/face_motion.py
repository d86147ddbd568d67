"""A face over time, in names and angles that other programs know."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from aucgan.arkit import NO_SHAPE
from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.expression_codes import ExpressionCodes, codes_to_arkit
from aucgan.heads.head import Head
from aucgan.motion.gaze import gaze_turns, looking, turned_by

MOTION_NAMES: tuple[str, ...] = ARKIT_NAMES + NO_SHAPE
"""ARKit's 52 shapes, then the action units that have none."""


@dataclass(frozen=True)
class FaceMotion:
    """What one face does, a row a frame.

    The head turns about the origin of its own frame and is then moved, ``points @ rotation.T + translation``, as
    :class:`aucgan.fitting.FittedFaces` says; the camera stands at the origin and looks along −z.

    Attributes:
        times: Seconds, increasing, ``(T,)``.
        weights: In [0, 1], columns of :data:`MOTION_NAMES`, ``(T, 57)``.
        rotation: Of the head, axis-angle in radians, ``(T, 3)``.
        translation: Of the head, metres, ``(T, 3)``.
        eyes: Left and right eyeball against the head, axis-angle in radians, ``(T, 6)``.
        frames: Numbers of the frames, ``(T,)`` int64; default 0, 1, 2 …
        confidence: In [0, 1], ``(T,)``; default 1.
    """

    times: np.ndarray
    weights: np.ndarray
    rotation: np.ndarray
    translation: np.ndarray
    eyes: np.ndarray
    frames: np.ndarray = field(default_factory=lambda: np.zeros(0, np.int64))
    confidence: np.ndarray = field(default_factory=lambda: np.zeros(0))

    def __post_init__(self) -> None:
        """Fill in the defaults and check.

        Raises:
            ValueError: A shape does not fit, a value is not finite, a weight is outside [0, 1], or a time does not
                increase.
        """
        count = len(self.times)
        if not len(self.frames):
            object.__setattr__(self, "frames", np.arange(count))
        if not len(self.confidence):
            object.__setattr__(self, "confidence", np.ones(count))
        widths = {"times": (), "weights": (len(MOTION_NAMES),), "rotation": (3,), "translation": (3,), "eyes": (6,)}
        for name, width in (widths | {"frames": (), "confidence": ()}).items():
            values = getattr(self, name)
            if values.shape != (count, *width) or not np.isfinite(values).all():
                raise ValueError(f"motion: {name} must be {(count, *width)} and finite, got {values.shape}")
        if not count or (np.diff(self.times) <= 0).any():
            raise ValueError(f"motion: times must increase, and there must be one; there are {count}")
        if self.weights.min() < 0 or self.weights.max() > 1:
            raise ValueError(f"motion: weights must be in [0, 1], got {self.weights.min():g}…{self.weights.max():g}")

    def __len__(self) -> int:
        return len(self.times)

    def row(self, index: int) -> dict[str, float]:
        """The weights of one frame by name, those of units without a shape only where they are not 0."""
        named = dict(zip(MOTION_NAMES, map(float, self.weights[index]), strict=True))
        return {name: value for name, value in named.items() if name in ARKIT_NAMES or value > 0}


def motion_of_codes(
    head: Head,
    times: np.ndarray,
    exp: np.ndarray,
    jaw_pose: np.ndarray,
    eye_pose: np.ndarray | None = None,
    rotation: np.ndarray | None = None,
    translation: np.ndarray | None = None,
    frames: np.ndarray | None = None,
    confidence: np.ndarray | None = None,
) -> FaceMotion:
    """The motion that codes of a head show.

    Where eyes look is said by the eyes' joints, by the shapes eyeLook, or by both: the motion has it as weights and as
    angles.

    Args:
        head: Whose codes.
        times: Seconds, ``(T,)``.
        exp: Expression coefficients, ``(T, n)``.
        jaw_pose: Axis-angle in radians, ``(T, 3)``.
        eye_pose: Left and right, ``(T, 6)``; straight ahead without.
        rotation: Of the head, axis-angle in radians, ``(T, 3)``; none without.
        translation: Metres, ``(T, 3)``; none without.
        frames: Numbers of the frames, ``(T,)``; default 0, 1, 2 …
        confidence: In [0, 1], ``(T,)``; default 1.

    Raises:
        ValueError: Shapes do not fit, or the head has neither names nor dense landmarks.
    """
    count = len(times)
    rows = [codes_to_arkit(ExpressionCodes(e, j), head) for e, j in zip(exp, jaw_pose, strict=True)]
    weights = np.array([[row.get(name, 0.0) for name in MOTION_NAMES] for row in rows]).reshape(count, -1)
    turns = gaze_turns(head)
    joints = np.zeros((count, 6)) if eye_pose is None else np.asarray(eye_pose, np.float64)
    gaze = [MOTION_NAMES.index(name) for name in turns]
    eyes = joints + turned_by(weights[:, gaze], turns)
    weights[:, gaze] = looking(eyes, turns)
    optional = {"frames": frames, "confidence": confidence}
    return FaceMotion(
        times=np.asarray(times, np.float64),
        weights=weights,
        rotation=np.zeros((count, 3)) if rotation is None else np.asarray(rotation, np.float64),
        translation=np.zeros((count, 3)) if translation is None else np.asarray(translation, np.float64),
        eyes=eyes,
        **{name: np.asarray(values) for name, values in optional.items() if values is not None},
    )
