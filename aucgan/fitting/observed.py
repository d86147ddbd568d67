"""What a batch of fits has to explain."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

from aucgan.fitting.columns import Columns

if TYPE_CHECKING:
    from aucgan.fitting.scene import Scene

EYE_DISTANCE = 0.092
"""Between the outer corners of an adult's eyes, metres."""


@dataclass(frozen=True)
class Observed:
    """Points of B faces, their cameras, and who belongs to whom.

    Attributes:
        points: Detected points, pixels, ``(B, N, 2)``.
        slides: How far the detector puts them from where they belong, as the head is turned, pixels, ``(B, N, 2)``.
        given: Which of them there are, ``(B, N)`` bool.
        gaps: From points of the lower rims of the lids to those of the upper ones, as a look at the eyes alone finds
            them, the right eye's first, pixels, ``(B, 14, 2)``.
        gaps_given: Which of them there are, ``(B, 14)`` bool.
        rims: Centres of the lids of the right and the left eye by the same look, pixels, ``(B, 2, 2)``; NaN where they
            are not given.
        irises: Centres of the right and the left iris, pixels, ``(B, 2, 2)``; NaN where they are not given.
        chosen: Which point of the head stands for each of them, ``(B, N)`` int64: outline points slide.
        facing: Cosine between the skin there and the line of sight, negative where it faces away, ``(B, N)``.
        frontal: Cosine between the head's forward axis and the line of sight, ``(B,)``.
        sliding: Which of them lie on the outline, ``(N,)`` bool.
        focal: Pixels, ``(B,)``.
        guessed: Whether nobody knows the focal length, ``(B,)`` bool.
        centre: Principal point, pixels, ``(B, 2)``.
        unit: Pixels that :data:`EYE_DISTANCE` has at the face's depth, ``(B,)``; residuals are in this unit.
        weak: Whether the camera is a weak-perspective one.
        person: Number of the person, from 0, ``(B,)`` int64; equal ones share the identity.
        previous: The frame before, as a place in the batch, −1 where there is none, ``(B,)`` int64.
        columns: What the unknowns of identity and expression are.
        scene: What the photos show, in stages that look at them.
    """

    points: Tensor
    slides: Tensor
    given: Tensor
    gaps: Tensor
    gaps_given: Tensor
    rims: Tensor
    irises: Tensor
    chosen: Tensor
    facing: Tensor
    frontal: Tensor
    sliding: Tensor
    focal: Tensor
    guessed: Tensor
    centre: Tensor
    unit: Tensor
    weak: bool
    person: Tensor
    previous: Tensor
    columns: Columns
    scene: Scene | None = None

    def __len__(self) -> int:
        return len(self.points)

    def rows(self, rows: Tensor) -> Observed:
        """Some of the faces ``(b,)``, whole persons."""
        place = torch.full((len(self) + 1,), -1)  # the last one stands for no frame
        place[rows] = torch.arange(len(rows))
        values = {f.name: getattr(self, f.name) for f in fields(self)}
        chosen: dict[str, Any] = {k: v[rows] for k, v in values.items() if isinstance(v, Tensor) and k != "sliding"}
        chosen["previous"] = place[chosen["previous"]]
        chosen["person"] = torch.unique(chosen["person"], return_inverse=True)[1]
        return replace(self, **chosen)

    @property
    def share(self) -> Tensor:
        """One over the number of faces of the same person, ``(B,)``."""
        counts = torch.bincount(self.person)
        return (1.0 / counts.to(self.points))[self.person]
