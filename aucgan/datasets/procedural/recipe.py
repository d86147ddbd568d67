"""Drawing whole faces: every number a photo is made of, from a seed and an index."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from aucgan.action_units import main_index
from aucgan.datasets.face_crop import TRAINING_SCALE
from aucgan.datasets.procedural.expressions import sample_action_units
from aucgan.datasets.procedural.motion import CodeSizes, head_motion
from aucgan.datasets.procedural.people.build import typical_shape
from aucgan.datasets.procedural.people.codes import albedo_codes
from aucgan.datasets.procedural.people.look import Look, draw_look, tone_of
from aucgan.datasets.procedural.photo.glasses import Glasses, draw_glasses
from aucgan.datasets.procedural.photo.hair_shell import Hairdo, draw_hairdo
from aucgan.datasets.procedural.photo.in_front import InFront, draw_in_front
from aucgan.datasets.procedural.photo.lamps import Light, draw_light
from aucgan.datasets.procedural.photo.lens import draw_distance
from aucgan.datasets.procedural.photo.sensor import FAITHFUL, Sensor, draw_sensor
from aucgan.datasets.procedural.photo.torso import Clothes, draw_clothes
from aucgan.datasets.procedural.relief.person_skin import PersonSkin, folding
from aucgan.datasets.procedural.relief.wrinkle_code import N_WRINKLE, WrinkleTraits
from aucgan.datasets.procedural.skin.albedo import texture_traits
from aucgan.datasets.procedural.strangers.identity import at_home, strange
from aucgan.datasets.procedural.strangers.light import draw_strange_light
from aucgan.heads.library import DEFAULT_HEAD

STRANGERS = "strangers"
"""The split that training cannot have seen: skin, heads and photos are drawn in other ways than those of the others."""
SPLITS: tuple[str, ...] = ("train", "val", "test", STRANGERS)
CODE_LIMIT = 2.0
"""Identity codes are cut off here: a linear model leaves the plausible beyond."""

MAX_YAW, MAX_PITCH, MAX_ROLL = np.deg2rad([42.0, 20.0, 18.0])
BLINK_RATE = 0.04
MAX_GAZE = np.deg2rad(18.0)
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
        wrinkles: Wrinkle code, ``(N_WRINKLE,)``.
        wrinkle_seed: Seed of the person's lines, pores and marks.
        folding: The process by which the person's skin folds.
        shape: Identity coefficients, ``(n_shape,)``.
        tex: Albedo coefficients, ``(n_tex,)``.
        exp: Expression coefficients, ``(n_exp,)``.
        pose: Head and jaw rotation, axis-angle, ``(6,)``.
        eye_pose: Left and right eye, axis-angle, ``(6,)``.
        look: The person's, beside the shape of the head.
        look_seed: Seed of what is drawn on the person's skin.
        hairdo: The person's hair; ``None`` for bald heads.
        glasses: The person's.
        clothes: What is worn in this photo.
        in_front: What hides a part of the face in this photo.
        light: Of this photo.
        distance: Of the lens from the middle of the head, metres.
        sensor: What takes the photo.
        crop: Crop side over the landmark box's, and the shift of the crop in shares of its side, ``(3,)``.
        seed: Seed of what is drawn in pictures: background and sensor noise.
    """

    name: str
    identity: str
    split: str
    aus: np.ndarray
    wrinkles: np.ndarray
    wrinkle_seed: tuple[int, ...]
    folding: str
    shape: np.ndarray
    tex: np.ndarray
    exp: np.ndarray
    pose: np.ndarray
    eye_pose: np.ndarray
    look: Look
    look_seed: tuple[int, ...]
    hairdo: Hairdo | None
    glasses: Glasses | None
    clothes: Clothes
    in_front: InFront | None
    light: Light
    distance: float
    sensor: Sensor
    crop: np.ndarray
    seed: tuple[int, ...]


def draw_face(
    seed: int,
    split: str,
    index: int,
    samples_per_identity: int = 4,
    sizes: CodeSizes | None = None,
    head: str = DEFAULT_HEAD,
    wrinkles: str = "strokes",
) -> FaceRecipe:
    """Draw sample ``index`` of a split; it depends on nothing but the arguments.

    Args:
        seed: Seed of the data set.
        split: ``train``, ``val``, ``test`` or ``strangers``: no person is in two of them.
        index: Number of the sample within its split.
        samples_per_identity: Photos of one person.
        sizes: Widths of the codes; those of the head without.
        head: What :func:`aucgan.heads.load_head` takes.
        wrinkles: By which processes skins fold at home: a key of
            :data:`~aucgan.datasets.procedural.relief.person_skin.TRAINED_ON`.

    Raises:
        ValueError: The split or ``wrinkles`` is unknown.
    """
    if split not in SPLITS:
        raise ValueError(f"split must be one of {', '.join(SPLITS)}, not '{split}'")
    motion = head_motion(head)
    sizes = sizes or motion.sizes
    person = draw_person(seed, split, index // samples_per_identity, sizes, head, wrinkles)
    photo = (seed, SPLITS.index(split), 1, index)
    rng = np.random.default_rng(photo)
    aus = sample_action_units(rng)
    exp, jaw = motion.show(aus, _blink(rng, aus))
    return FaceRecipe(
        name=f"{split}_{index:06d}",
        split=split,
        aus=aus,
        exp=exp[: sizes.exp].astype(np.float32),
        pose=np.concatenate([_head_pose(rng), jaw]).astype(np.float32),
        eye_pose=_gaze(rng),
        clothes=draw_clothes(rng),
        in_front=draw_in_front(rng, person["look"].skin),
        light=draw_strange_light(rng) if split == STRANGERS else draw_light(rng),
        distance=draw_distance(rng),
        sensor=FAITHFUL if split == STRANGERS else draw_sensor(rng),  # strangers bring a camera of their own
        crop=np.array([rng.uniform(*TRAINING_SCALE), *rng.uniform(-CROP_SHIFT, CROP_SHIFT, 2)], dtype=np.float32),
        seed=(*photo, 2),
        **person,
    )


@lru_cache(maxsize=16)
def draw_person(seed: int, split: str, person: int, sizes: CodeSizes, head: str, wrinkles: str) -> dict[str, Any]:
    """What all photos of a person share: fields of :class:`FaceRecipe`, not to be modified; as :func:`draw_face`."""
    number, foreign = SPLITS.index(split), split == STRANGERS
    who = np.random.default_rng([seed, number, 0, person])
    shape, code = (
        np.clip(who.standard_normal(n), -CODE_LIMIT, CODE_LIMIT).astype(np.float32) for n in (sizes.shape, N_WRINKLE)
    )
    look_seed, wrinkle_seed = (seed, number, 3, person), (seed, number, 5, person)
    outside, lines = np.random.default_rng(look_seed), np.random.default_rng(wrinkle_seed)
    folds = folding(wrinkles, foreign, lines)
    moles = tuple(mark for mark in PersonSkin(code, wrinkle_seed, folds).marks() if mark.height > 0)
    look = draw_look(outside, tone_of([seed, number, 4], person), WrinkleTraits.from_code(code).age, moles)
    shape = np.clip(shape + typical_shape(head, sizes.shape, look.woman, look.age), -CODE_LIMIT, CODE_LIMIT)
    return {
        "identity": f"{split}_{person:05d}",
        "wrinkles": code,
        "wrinkle_seed": wrinkle_seed,
        "folding": folds,
        "shape": strange(shape, lines) if foreign else at_home(shape),
        "look": look,
        "look_seed": (*look_seed, 1),
        "hairdo": None if look.hair == "bald" else draw_hairdo(outside, look.hair, look.receding),
        "tex": albedo_codes(look, outside, texture_traits(head)[: sizes.tex]),
        "glasses": draw_glasses(outside, look.glasses),
    }


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
