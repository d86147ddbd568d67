"""A state of the fit as the camera sees it, with the derivatives that second-order steps need."""

from __future__ import annotations

from functools import cached_property

import torch
from torch import Tensor

from aucgan.fitting.fit_state import N_RIGID, FitState
from aucgan.fitting.head_points import HeadPoints
from aucgan.fitting.observed import Observed
from aucgan.renderers.camera import pinhole, weak_perspective

DEPTH = 5
"""Which unknown moves the head along the camera's axis."""


class View:
    """Points of the heads in a state, in space and on film.

    Args:
        points: The points on the head.
        observed: Cameras.
        state: Where the fits stand.
    """

    def __init__(self, points: HeadPoints, observed: Observed, state: FitState) -> None:
        self.points, self.observed, self.state = points, observed, state

    @cached_property
    def turned(self) -> Tensor:
        """Turned but not moved, ``(B, N, 3)`` metres."""
        model = self.points(self.state.identity, self.state.expression)
        return model @ self.state.rotation.transpose(1, 2)

    @cached_property
    def placed(self) -> Tensor:
        """In the camera's frame, ``(B, N, 3)`` metres."""
        return self.turned + self.state.translation[:, None]

    @cached_property
    def pixels(self) -> Tensor:
        """The 468 points on film, ``(B, 468, 2)``: of points that slide, the place that was chosen."""
        return _rows(self.everywhere, self.observed.chosen)

    @cached_property
    def everywhere(self) -> Tensor:
        """All N points on film, ``(B, N, 2)``."""
        observed = self.observed
        if observed.weak:
            return weak_perspective(self.placed, self.state.translation[:, 2], observed.focal, observed.centre)
        return pinhole(self.placed, observed.focal, observed.centre)

    @cached_property
    def film(self) -> Tensor:
        """How pixels follow the points in the camera's frame, ``(B, N, 2, 3)``.

        Under weak perspective the last column is that of the head's depth: a point's own depth has no effect.
        """
        depth = self.state.translation[:, None, 2] if self.observed.weak else self.placed[..., 2]
        x, y = self.placed[..., 0] / depth, self.placed[..., 1] / depth
        zero, one = torch.zeros_like(x), torch.ones_like(x)
        slope = torch.stack([one, zero, -x, zero, -one, y], -1).unflatten(-1, (2, 3))
        return (self.observed.focal[:, None] / -depth)[..., None, None] * slope

    @cached_property
    def jacobian(self) -> Tensor:
        """How :attr:`pixels` follow the unknowns, ``(B, 468, 2, P)``."""
        film = self.film
        if self.observed.weak:
            film = torch.cat([film[..., :2], torch.zeros_like(film[..., 2:])], -1)
        rows = self.pull(film)
        if self.observed.weak:
            rows[..., DEPTH] = self.film[..., 2]
        return _rows(rows, self.observed.chosen)

    def pull(self, rows: Tensor) -> Tensor:
        """The chain rule.

        Args:
            rows: How m quantities of each point follow it in the camera's frame, ``(B, N, m, 3)``.

        Returns:
            How they follow the unknowns, ``(B, N, m, P)``.
        """
        batch, count, each, _ = rows.shape
        out = rows.new_empty(batch, count, each, self.state.width)
        out[..., :3] = torch.linalg.cross(self.turned[:, :, None].expand_as(rows), rows, dim=-1)
        out[..., 3:N_RIGID] = rows
        local = rows @ self.state.rotation[:, None]  # (B, N, m, 3), in the head's frame
        moves = self.points.directions(self.state.expression)
        out[..., self.state.n_private :] = _along(local, self.points.identity)
        out[..., N_RIGID : self.state.n_private] = _along(local, moves[0])
        if len(moves) > 1:  # the jaw's angle moves the points of each face otherwise
            last = torch.einsum("bnmc,bnc->bnm", local, moves[:, -1])
            out[..., self.state.n_private - 1] = last
        return out


def _rows(values: Tensor, chosen: Tensor) -> Tensor:
    """Rows ``chosen (B, M)`` of ``(B, N, ...)``."""
    return values[torch.arange(len(values))[:, None], chosen]


def _along(rows: Tensor, directions: Tensor) -> Tensor:
    """Products of ``(B, N, m, 3)`` and ``(Q, N, 3)`` as ``(B, N, m, Q)``, point by point."""
    batch, count, each, _ = rows.shape
    flat = rows.transpose(0, 1).reshape(count, batch * each, 3)
    return (flat @ directions.permute(1, 2, 0)).unflatten(1, (batch, each)).transpose(0, 1)
