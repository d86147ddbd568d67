"""Points on a head as functions of its codes: the only part of a head that fitting points needs."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from torch import Tensor

from aucgan.fitting.columns import Columns
from aucgan.fitting.fit_state import N_RIGID
from aucgan.heads.dense_motion import JAW
from aucgan.heads.head import Head


@dataclass(frozen=True)
class HeadPoints:
    """N points that move with identity and expression, ``base + identity · a + expression · e``.

    Where no column opens the jaw, the last expression unknown is the jaw's angle, whose path is a circle's.

    Attributes:
        base: Of the mean head at rest, ``(N, 3)`` metres.
        identity: Per unit coefficient, ``(K, N, 3)``.
        expression: Per unit coefficient, ``(E, N, 3)``; the last one is 0 where it is an angle.
        jaw: What the sine of the jaw's angle moves, and one minus its cosine, ``(2, N, 3)``; ``None`` without.
    """

    base: Tensor
    identity: Tensor
    expression: Tensor
    jaw: Tensor | None

    def __call__(self, identity: Tensor, expression: Tensor) -> Tensor:
        """Points ``(B, N, 3)`` of codes ``(B, K)`` and ``(B, E)``."""
        codes = torch.cat([expression, identity], 1)
        moved = codes @ self._flat
        if self.jaw is not None:
            angle = expression[:, -1:]
            moved = moved + torch.cat([angle.sin(), 1 - angle.cos()], 1) @ self.jaw.flatten(1)
        return self.base + moved.unflatten(1, (-1, 3))

    @cached_property
    def _flat(self) -> Tensor:
        return torch.cat([self.expression, self.identity]).flatten(1)

    @cached_property
    def moves(self) -> Tensor:
        """What each unknown moves, ``(N, 3, 6 + E + K)``; 0 for the head's pose and the jaw's angle."""
        columns = torch.cat([self.expression, self.identity]).permute(1, 2, 0)
        return torch.nn.functional.pad(columns, (N_RIGID, 0)).contiguous()

    def turning(self, expression: Tensor) -> Tensor:
        """What the jaw's angle moves at codes ``(B, E)`` per radian, ``(B, N, 3)``."""
        assert self.jaw is not None
        angle = expression[:, -1:]
        return (torch.cat([angle.cos(), angle.sin()], 1) @ self.jaw.flatten(1)).unflatten(1, (-1, 3))

    def held(self, identity: Tensor, expression: Tensor) -> HeadPoints:
        """The points of B faces whose codes are no unknowns: ``base`` is ``(B, N, 3)``."""
        none = self.base.new_zeros(0, *self.base.shape)
        return HeadPoints(self(identity, expression), none, none, None)

    def to(self, dtype: torch.dtype) -> HeadPoints:
        """The same in another precision."""
        jaw = None if self.jaw is None else self.jaw.to(dtype)
        return replace(
            self,
            base=self.base.to(dtype),
            identity=self.identity.to(dtype),
            expression=self.expression.to(dtype),
            jaw=jaw,
        )


def head_points(head: Head, columns: Columns, corners: np.ndarray, weights: np.ndarray) -> HeadPoints:
    """Points given as weighted vertices.

    Args:
        head: The head.
        columns: Which of its columns are unknowns.
        corners: Vertices, ``(N, 3)``.
        weights: ``(N, 3)``.
    """
    base = np.einsum("nkc,nk->nc", head.v_template[corners], weights)
    dirs = np.einsum("nkcd,nk->dnc", head.shapedirs[corners][..., columns.of_head(head)], weights)
    identity, expression = dirs[: columns.n_identity], dirs[columns.n_identity :]
    jaw = None
    if columns.jaw_angle:
        expression = np.concatenate([expression, np.zeros_like(expression[:1])])
        jaw = _jaw_path(head, corners, weights)
    arrays = [None if a is None else torch.as_tensor(a, dtype=torch.float32) for a in (base, identity, expression, jaw)]
    return HeadPoints(*arrays)  # type: ignore[arg-type]  # only the last may be None


def _jaw_path(head: Head, corners: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """What the sine of the jaw's angle about x moves, and one minus its cosine, ``(2, N, 3)``."""
    sine = np.array([[0.0, 0, 0], [0, 0, -1], [0, 1, 0]])
    feature = slice(9 * (JAW - 1), 9 * JAW)
    arms = head.v_template[corners] - head.j_regressor[JAW] @ head.v_template
    fields = []
    for change in (sine, sine @ sine):  # of Rodrigues' formula
        turned = head.weights[corners][..., JAW, None] * (arms @ change.T)
        fields.append(turned + head.posedirs[corners][..., feature] @ change.reshape(9))
    return np.einsum("fnkc,nk->fnc", np.stack(fields), weights)
