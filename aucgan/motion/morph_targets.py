"""A person's neutral head, and how each of ARKit's shapes moves it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.spatial.transform import Rotation

from aucgan.heads.arkit import ARKIT_NAMES
from aucgan.heads.dense_motion import JAW
from aucgan.heads.expression_codes import arkit_to_codes
from aucgan.heads.head import Head
from aucgan.motion.gaze import GAZE_NAMES, LEFT_EYE, gaze_turns, own_gaze_turns


def neutral_head(head: Head, shape: np.ndarray | None = None) -> np.ndarray:
    """Vertices of a person at rest, ``(V, 3)`` float64, metres.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        shape: Coefficients of the first identity columns, ``(n,)``; the mean head without.

    Raises:
        ValueError: The code is longer than the head's identity columns, or not one person's.
    """
    verts = head.v_template.astype(np.float64)
    if shape is None:
        return verts
    code = np.asarray(shape, np.float64)
    if code.ndim != 1 or len(code) > head.n_identity:
        raise ValueError(f"shape must be one person's code, ({head.n_identity},) or shorter, got {code.shape}")
    return verts + head.shapedirs[..., : len(code)] @ code


def morph_targets(
    head: Head, shape: np.ndarray | None = None, names: Sequence[str] = ARKIT_NAMES
) -> dict[str, np.ndarray]:
    """Offsets of a person's vertices at full weight of each shape, by name, ``(V, 3)`` float32, metres.

    What a joint of the head does (the jaw of most, the eyes of some) is here a shape like all others: the joint's
    motion at full weight.

    Args:
        head: What :func:`aucgan.heads.load_head` gives.
        shape: As for :func:`neutral_head`.
        names: ARKit's names, or those of units without a shape (:data:`aucgan.arkit.NO_SHAPE`).

    Raises:
        ValueError: The code is longer than the head's identity columns; a name is unknown; or the head has neither
            names nor dense landmarks.
    """
    rest, turns = neutral_head(head, shape), _eye_joints(head)
    targets = {}
    for name in names:
        codes = arkit_to_codes({name: 1.0}, head)
        joints = {JAW: codes.jaw_pose} | ({LEFT_EYE + name.endswith("Right"): turns[name]} if name in turns else {})
        targets[name] = (_moved(head, rest, codes.exp, joints) - rest).astype(np.float32)
    return targets


def _eye_joints(head: Head) -> dict[str, np.ndarray]:
    """Turns of the eyes' joints for those gaze shapes that leave the eyeballs alone."""
    own, every = own_gaze_turns(head), gaze_turns(head)
    return {name: every[name] for name in GAZE_NAMES if name not in own}


def _moved(head: Head, rest: np.ndarray, exp: np.ndarray, joints: dict[int, np.ndarray]) -> np.ndarray:
    """A neutral head ``(V, 3)`` with an expression and some turned joints, none of which carries another."""
    used = np.flatnonzero(exp)  # one or a few of many columns
    shown = rest + head.shapedirs[..., head.n_identity + used] @ np.asarray(exp, np.float64)[used]
    changes = {
        joint: Rotation.from_rotvec(np.asarray(turn, np.float64)).as_matrix() - np.eye(3)
        for joint, turn in joints.items()
        if np.any(turn)
    }
    posed = shown + sum(
        head.posedirs[..., 9 * joint - 9 : 9 * joint] @ change.reshape(9) for joint, change in changes.items()
    )
    places = {joint: head.j_regressor[joint].astype(np.float64) @ shown for joint in changes}
    return posed + sum(
        head.weights[:, joint, None] * ((posed - places[joint]) @ change.T) for joint, change in changes.items()
    )
