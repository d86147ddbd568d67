"""What the frozen networks get to see of the photos of a data set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor
from torch.utils.data import Dataset

from aucgan.datasets.face_folder import FaceFolder
from aucgan.datasets.transforms import Effect


@dataclass(frozen=True)
class PhotoView:
    """How a pipeline shows a photo.

    Attributes:
        steps: Name and settings of every transform that changes all photos in the same way, in order.
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


def view_of(dataset: FaceFolder) -> PhotoView:
    """Read off a data set's transforms how it shows its photos."""
    effects = [(transform, getattr(transform, "effect", Effect.RANDOM)) for transform in dataset.transforms]
    fixed = [t for t, effect in effects if effect is Effect.FIXED]
    shown = [(t, effect) for t, effect in effects if effect in (Effect.FIXED, Effect.MIRROR)]
    steps = [(type(t).__name__, vars(t) if effect is Effect.FIXED else {}) for t, effect in shown]
    return PhotoView(
        steps=tuple([("reduced decoding", {})] * dataset.reduce + steps),
        mirrored=any(effect is Effect.MIRROR for _, effect in effects),
        uses_landmarks=any(getattr(t, "uses_landmarks", True) for t in fixed),
        obstacle=_obstacle(effects),
    )


def _obstacle(effects: Sequence[tuple[object, Effect]]) -> str:
    for transform, effect in effects:
        if effect is Effect.RANDOM:
            return f"{type(transform).__name__} changes the photo anew at every draw"
    if sum(effect is Effect.MIRROR for _, effect in effects) > 1:
        return "the photo may be mirrored twice"
    return ""


class ViewedPhotos(Dataset):
    """The photos alone, as a pipeline shows them, without chance.

    A sample is ``(V, 3, H, W)``: the photo and, where the pipeline mirrors, its mirrored variant.

    Args:
        dataset: The face folder with its pipeline.
        indices: Which of its samples.
        view: What :func:`view_of` says of it.
    """

    def __init__(self, dataset: FaceFolder, indices: Sequence[int], view: PhotoView) -> None:
        self.dataset, self.indices, self.view = dataset, indices, view

    def __len__(self) -> int:
        return len(self.indices)

    def __getitem__(self, number: int) -> Tensor:
        """All variants of one photo."""
        loaded = self.dataset.load(self.indices[number])
        return torch.stack([self._show(dict(loaded), mirrored) for mirrored in self.view.variants])

    def _show(self, sample: dict, mirrored: bool) -> Tensor:
        for transform in self.dataset.transforms:
            if getattr(transform, "effect", Effect.RANDOM) is not Effect.MIRROR:
                sample = transform(sample)
            elif mirrored:
                sample = transform.mirror(sample)
        return sample["image"]
