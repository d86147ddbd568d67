"""The transforms of a data set as one: what they make of a sample, and how they show its photo."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from aucgan.datasets.transforms import Effect, FaceTransform, Undeclared
from aucgan.registry import TRANSFORMS


@dataclass(frozen=True)
class PhotoView:
    """How a data set shows its photos.

    Attributes:
        steps: Name and settings of everything that changes all photos in the same way, in order.
        mirrored: Whether photos are also shown mirrored.
        uses_landmarks: Whether the landmarks decide what is shown.
        obstacle: Why a photo does not always look the same; empty if it does.
    """

    steps: tuple[tuple[str, dict], ...]
    mirrored: bool
    uses_landmarks: bool
    obstacle: str = ""

    @property
    def variants(self) -> tuple[bool, ...]:
        """The values of "mirrored" for which a photo has features."""
        return (False, True) if self.mirrored else (False,)


class Pipeline:
    """Transforms that are applied in order.

    Args:
        configs: Their configs. What is no :class:`~aucgan.datasets.transforms.FaceTransform` counts as chance.
    """

    def __init__(self, configs: Sequence[dict]) -> None:
        built = (TRANSFORMS.build(cfg) for cfg in configs)
        self._transforms = [t if isinstance(t, FaceTransform) else Undeclared(t) for t in built]

    def __call__(self, sample: dict) -> dict:
        """One draw: the sample after all transforms."""
        for transform in self._transforms:
            sample = transform(sample)
        return sample

    def show(self, sample: dict, mirrored: bool) -> dict:
        """The sample without the chance of being mirrored: it is, or it is not."""
        for transform in self._transforms:
            if transform.effect is not Effect.MIRROR:
                sample = transform(sample)
            elif mirrored:
                sample = transform.mirror(sample)
        return sample

    def zoom(self, landmarks: np.ndarray, size: tuple[int, int]) -> float:
        """How far a photo will be scaled, at most 1: the first transform that scales decides.

        Args:
            landmarks: In pixels of the photo, ``(68, 2)``.
            size: Height and width of the photo.
        """
        zooms = (transform.zoom(landmarks, size) for transform in self._transforms)
        return min(next((zoom for zoom in zooms if zoom is not None), 1.0), 1.0)

    def view(self, before: Sequence[tuple[str, dict]] = ()) -> PhotoView:
        """What the transforms say of themselves; ``before``: steps that come first."""
        fixed = [transform for transform in self._transforms if transform.effect is Effect.FIXED]
        mirrors = [transform for transform in self._transforms if transform.effect is Effect.MIRROR]
        shown = [transform for transform in self._transforms if transform.effect in (Effect.FIXED, Effect.MIRROR)]
        steps = [(t.name, t.settings if t.effect is Effect.FIXED else {}) for t in shown]
        return PhotoView(
            steps=(*before, *steps),
            mirrored=bool(mirrors),
            uses_landmarks=any(transform.uses_landmarks for transform in fixed),
            obstacle=self._obstacle(len(mirrors)),
        )

    def _obstacle(self, mirrors: int) -> str:
        for transform in self._transforms:
            if transform.effect is Effect.RANDOM:
                return f"{transform.name} changes the photo anew at every draw"
        return "the photo may be mirrored twice" if mirrors > 1 else ""
