"""Drawing whole faces: every number a photo is made of, from a seed and an index."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from aucgan.action_units import main_index
from aucgan.datasets.procedural.expressions import sample_action_units
from aucgan.datasets.procedural.lighting import sample_light
from aucgan.datasets.procedural.motion import CodeSizes, head_motion
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE
from aucgan.datasets.procedural.skin.albedo import skin_reflectance
from aucgan.heads.library import DEFAULT_HEAD

SPLITS: tuple[str, ...] = ("train", "val", "test")
CODE_LIMIT = 2.0
"""Identity codes are cut off here: a linear model leaves the plausible beyond."""

MAX_YAW, MAX_PITCH, MAX_ROLL = np.deg2rad([30.0, 15.0, 10.0])
BLINK_RATE = 0.04
MAX_GAZE = np.deg2rad(18.0)
CROP_SCALE = (1.4, 1.65)
"""Side of the crop over the mean side of the landmarks' box: the tighter part of what photos are cropped with in
training (1.4 to 1.8), because small pictures have no pixels to waste."""
CROP_SHIFT = 0.06
"""Largest shift of the crop, as a share of its side."""


@dataclass(frozen=True)
class FaceRecipe:
    """All that one generated photo is made of.

    Attributes:
        name: Stem of the sample's files.
        identity: Name of the person.
        split: Which split it belongs to.
        aus: Action unit intensities, ``(41,)``.
        wrinkles: Wrinkle code, ``(16,)``.
        shape: Identity coefficients, ``(n_shape,)``.
        tex: Albedo coefficients, ``(n_tex,)``.
        exp: Expression coefficients, ``(n_exp,)``.
        pose: Head and jaw rotation, axis-angle, ``(6,)``.
        eye_pose: Left and right eye, axis-angle, ``(6,)``.
        light: Spherical harmonics, ``(9, 3)``.
        crop: Crop side over the landmark box's, and the shift of the crop in shares of its side, ``(3,)``.
        seed: Seed of what is drawn in pictures: background and sensor noise.
    """

    name: str
    identity: str
    split: str
    aus: np.ndarray
    wrinkles: np.ndarray
    shape: np.ndarray
    tex: np.ndarray
    exp: np.ndarray
    pose: np.ndarray
    eye_pose: np.ndarray
    light: np.ndarray
    crop: np.ndarray
    seed: tuple[int, ...]


def draw_face(
    seed: int,
    split: str,
    index: int,
    samples_per_identity: int = 4,
    sizes: CodeSizes | None = None,
    head: str = DEFAULT_HEAD,
) -> FaceRecipe:
    """Draw sample ``index`` of a split; it depends on nothing but the arguments.

    Args:
        seed: Seed of the data set.
        split: ``train``, ``val`` or ``test``: no person is in two of them.
        index: Number of the sample within its split.
        samples_per_identity: Photos of one person.
        sizes: Widths of the codes; those of the head without.
        head: What :func:`aucgan.heads.load_head` takes.

    Raises:
        ValueError: The split is unknown.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, not '{split}'")
    motion = head_motion(head)
    sizes = sizes or motion.sizes
    person = index // samples_per_identity
    who = np.random.default_rng([seed, SPLITS.index(split), 0, person])
    shape, tex, wrinkles = (
        np.clip(who.standard_normal(n), -CODE_LIMIT, CODE_LIMIT).astype(np.float32)
        for n in (sizes.shape, sizes.tex, N_WRINKLE)
    )
    photo = (seed, SPLITS.index(split), 1, index)
    rng = np.random.default_rng(photo)
    aus = sample_action_units(rng)
    exp, jaw = motion.show(aus, _blink(rng, aus))
    return FaceRecipe(
        name=f"{split}_{index:06d}",
        identity=f"{split}_{person:05d}",
        split=split,
        aus=aus,
        wrinkles=wrinkles,
        shape=shape,
        tex=tex,
        exp=exp[: sizes.exp].astype(np.float32),
        pose=np.concatenate([_head_pose(rng), jaw]).astype(np.float32),
        eye_pose=_gaze(rng),
        light=sample_light(rng, skin_reflectance(tex, head)),
        crop=np.array([rng.uniform(*CROP_SCALE), *rng.uniform(-CROP_SHIFT, CROP_SHIFT, 2)], dtype=np.float32),
        seed=(*photo, 2),
    )


def _head_pose(rng: np.random.Generator) -> np.ndarray:
    """Axis-angle of the head: pitch about x, then yaw about y, then roll about z; mostly near the front."""
    yaw, pitch, roll = (limit * np.clip(rng.normal(0.0, 0.5), -1, 1) for limit in (MAX_YAW, MAX_PITCH, MAX_ROLL))
    quaternion = np.array([1.0, 0.0, 0.0, 0.0])
    for angle, axis in ((roll, 2), (yaw, 1), (pitch, 0)):
        turn = np.zeros(4)
        turn[0], turn[1 + axis] = np.cos(angle / 2), np.sin(angle / 2)
        quaternion = _multiplied(quaternion, turn)
    sine = np.linalg.norm(quaternion[1:])
    return quaternion[1:] / max(sine, 1e-12) * 2.0 * np.arctan2(sine, quaternion[0])


def _multiplied(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Product of two quaternions (w, x, y, z)."""
    vector = a[0] * b[1:] + b[0] * a[1:] + np.cross(a[1:], b[1:])
    return np.concatenate([[a[0] * b[0] - a[1:] @ b[1:]], vector])


def _blink(rng: np.random.Generator, aus: np.ndarray) -> float:
    """How far the lids are closed, in [0, 1]: in some of the photos they are caught half closed or closed."""
    return rng.uniform(0.3, 1.0) if rng.random() < BLINK_RATE and aus[main_index(5)] == 0 else 0.0


def _gaze(rng: np.random.Generator) -> np.ndarray:
    """Both eyes turned alike: up or down about x, sideways about y."""
    eye = np.array([0.4, 1.0, 0.0]) * MAX_GAZE * np.clip(rng.normal(0.0, 0.4, 3), -1, 1)
    return np.concatenate([eye, eye]).astype(np.float32)
