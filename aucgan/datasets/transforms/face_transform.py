"""What a transform of a sample is, and what it says of itself."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from enum import Enum

import numpy as np
from mmcv.transforms import BaseTransform


class Effect(Enum):
    """What a transform does to the image; features of the photo that are computed once depend on it.

    ``NOTHING``; ``FIXED``: the same at every draw; ``MIRROR``: mirrors some draws, and notes it in
    ``sample['mirrored']``; ``RANDOM``: another image at every draw.
    """

    NOTHING, FIXED, MIRROR, RANDOM = "nothing", "fixed", "mirror", "random"


class FaceTransform(BaseTransform):
    """A transform that says what it does to the photo.

    Attributes:
        uses_landmarks: Whether a ``FIXED`` one looks at the landmarks.
    """

    uses_landmarks: bool = True

    @property
    def effect(self) -> Effect:
        """What it does to the image: the most, unless a transform knows better."""
        return Effect.RANDOM

    @abstractmethod
    def transform(self, sample: dict) -> dict:
        """The sample, changed."""

    @property
    def name(self) -> str:
        """How messages and stored features call it."""
        return type(self).__name__

    @property
    def settings(self) -> dict:
        """All that decides what a ``FIXED`` transform makes of a photo, as plain data."""
        raise NotImplementedError(f"{self.name} is Effect.FIXED: its property 'settings' has to name all that decides")

    def zoom(self, landmarks: np.ndarray, size: tuple[int, int]) -> float | None:
        """Pixels of the result for one of the photo, at most; ``None``: it does not scale."""
        return None

    def mirror(self, sample: dict) -> dict:
        """The sample mirrored, without chance; for ``MIRROR``."""
        raise NotImplementedError(f"{self.name} is Effect.MIRROR: its method 'mirror' has to mirror without chance")


class Undeclared(FaceTransform):
    """Somebody else's transform, which says nothing of itself: it counts as chance.

    Args:
        transform: From a sample to a sample.
    """

    def __init__(self, transform: Callable[[dict], dict]) -> None:
        self._apply = transform

    @property
    def name(self) -> str:
        """Name of the other class."""
        return type(self._apply).__name__

    def transform(self, sample: dict) -> dict:
        """Apply it."""
        return self._apply(sample)


class RandomTransform(FaceTransform):
    """A transform that draws from the sample's own generator."""

    def transform(self, sample: dict) -> dict:
        """Apply the transform with the sample's generator (``sample['rng']``, or a fresh one)."""
        rng = sample.get("rng")
        return self.apply(sample, np.random.default_rng() if rng is None else rng)

    def apply(self, sample: dict, rng: np.random.Generator) -> dict:
        """Transform ``sample`` with numbers from ``rng``."""
        raise NotImplementedError


def as_pair(bounds: Sequence[float]) -> tuple[float, float]:
    """Lower and upper bound."""
    low, high = bounds
    return low, high
