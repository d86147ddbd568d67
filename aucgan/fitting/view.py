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
        return rows_of(self.everywhere, self.observed.chosen)

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

    def pixel_slopes(self, factors: Tensor) -> Tensor:
        """How :attr:`pixels`, each times a factor ``(B, 468)``, follow the unknowns, ``(B, 468, 2, P)``."""
        chosen = self.observed.chosen
        film = rows_of(self.film, chosen) * factors[..., None, None]
        if not self.observed.weak:
            return self.pull(film, chosen)
        out = self.pull(torch.cat([film[..., :2], torch.zeros_like(film[..., 2:])], -1), chosen)
        out[..., DEPTH] = film[..., 2]
        return out

    def pull(self, rows: Tensor, chosen: Tensor) -> Tensor:
        """The chain rule.

        Args:
            rows: How m quantities of each point follow it in the camera's frame, ``(B, M, m, 3)``.
            chosen: Which points they are of, ``(B, M)``; most columns are the same for all faces.

        Returns:
            How they follow the unknowns, ``(B, M, m, P)``.
        """
        local = rows @ self.state.rotation[:, None]  # in the head's frame
        moves = self.points.moves
        out = rows.new_empty(*rows.shape[:3], self.state.width)
        common = chosen[0]
        for row, product in zip(local, out, strict=True):
            torch.bmm(row, moves[common], out=product)
        others = (chosen != common).any(0).nonzero().squeeze(1)
        if len(others):
            out[:, others] = local[:, others] @ moves[chosen[:, others]]
        if self.points.jaw is not None:
            turning = rows_of(self.points.turning(self.state.expression), chosen)
            out[..., self.state.n_private - 1] = torch.einsum("bnmc,bnc->bnm", local, turning)
        arms = rows_of(self.turned, chosen)[:, :, None].expand_as(rows)
        out[..., :3] = torch.linalg.cross(arms, rows, dim=-1)
        out[..., 3:N_RIGID] = rows
        return out


def rows_of(values: Tensor, chosen: Tensor) -> Tensor:
    """Rows ``chosen (B, M)`` of ``(B, N, ...)``."""
    return values[torch.arange(len(values))[:, None], chosen]
