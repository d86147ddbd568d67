"""What a fit needs of a head, computed once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import torch
from torch import Tensor

from aucgan.fitting.columns import Columns
from aucgan.fitting.fit_state import FitState
from aucgan.fitting.gaze import Eyeballs
from aucgan.fitting.head_points import HeadPoints, head_points
from aucgan.fitting.outline import outline_places
from aucgan.fitting.skin import Skin
from aucgan.heads.dense_motion import dense_points
from aucgan.heads.head import Head
from aucgan.models.face_models.flame import FLAME


@dataclass(frozen=True)
class FitModel:
    """A head as fits see it.

    Attributes:
        head: The head.
        columns: Its unknowns.
        points: The 468 points, then the places where those of the outline may slide.
        normals: Of the mean head's skin at these, ``(N, 3)``.
        source: What :func:`aucgan.heads.load_head` took; ``None`` where the head was given as it is.
    """

    head: Head
    columns: Columns
    points: HeadPoints
    normals: Tensor
    source: str | Path | None = None

    @classmethod
    def of(cls, head: Head, n_identity: int, left_out: Sequence[str], source: str | Path | None = None) -> FitModel:
        """Prepare a head.

        Raises:
            ValueError: It has no dense landmarks.
        """
        dense_points(head)  # says what to do where there are none
        assert head.dense_landmarks is not None
        columns = Columns.of(head, n_identity, left_out)
        faces, weights = outline_places(head)
        faces = np.concatenate([head.dense_landmarks.faces, faces])
        weights = np.concatenate([head.dense_landmarks.weights, weights])
        points = head_points(head, columns, head.faces[faces], weights)
        return cls(head, columns, points, face_normals(head)[torch.as_tensor(faces)], source)

    def codes(self, state: FitState) -> tuple[Tensor, Tensor, Tensor]:
        """Identity and expression with all columns of the head, and the jaw's rotation, ``(B, ·)``."""
        shape = torch.nn.functional.pad(state.identity, (0, self.head.n_identity - state.identity.shape[1]))
        return shape, *self.columns.codes(state.expression, self.head)

    def vertices(self, shape: Tensor, expression: Tensor, jaw: Tensor, eyes: Tensor | None = None) -> Tensor:
        """All vertices in the head's frame, ``(B, V, 3)``, of codes with all columns."""
        zero = torch.zeros_like(jaw)
        return self.flame(shape, expression, torch.cat([zero, jaw], 1), eyes)[0]

    def dense_points(self, verts: Tensor) -> Tensor:
        """The 468 points of vertices ``(B, V, 3)``, or what moves them of what moves vertices, ``(B, 468, 3)``."""
        dense = self.head.dense_landmarks
        assert dense is not None
        corners = verts[:, torch.as_tensor(self.head.faces[dense.faces])]
        return (corners * torch.as_tensor(dense.weights, dtype=verts.dtype)[..., None]).sum(2)

    @cached_property
    def eyeballs(self) -> Eyeballs | None:
        """What turns when the eyes look elsewhere."""
        return Eyeballs.of(self.head)

    @cached_property
    def skin(self) -> Skin:
        """What is compared with photos."""
        return Skin.of(self.head, self.columns, self.source)

    @cached_property
    def faces(self) -> Tensor:
        """Triangles, ``(F, 3)``."""
        return torch.as_tensor(self.head.faces)

    @cached_property
    def flame(self) -> FLAME:
        """The whole head."""
        source: Any = self.head  # a head is its own source
        return FLAME(source, source, self.head.n_identity, len(self.head.expression_names))


def face_normals(head: Head) -> Tensor:
    """Unit normals of the mean head's triangles, ``(F, 3)``."""
    corners = torch.as_tensor(head.v_template, dtype=torch.float32)[torch.as_tensor(head.faces)]
    return torch.nn.functional.normalize(
        torch.linalg.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0]), dim=1
    )
