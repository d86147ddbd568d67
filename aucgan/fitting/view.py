"""A state of the fit as the camera sees it, with the derivatives that second-order steps need."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from aucgan.fitting.fit_state import N_RIGID, FitState
from aucgan.fitting.head_points import HeadPoints
from aucgan.fitting.observed import Observed
from aucgan.renderers.camera import pinhole, weak_perspective

if TYPE_CHECKING:
    from aucgan.fitting.scene import Scene

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
        return on_film(self.placed, self.observed, self.state.translation[:, 2])

    @cached_property
    def skin(self) -> View:
        """The corners of the places on the skin that are compared with the photo."""
        return View(self.scene.skin.points, self.observed, self.state)

    @property
    def scene(self) -> Scene:
        """What the photos show; only in stages that look at them."""
        if self.observed.scene is None:
            raise ValueError("this energy looks at photos: it belongs into a stage of a FaceFitter")
        return self.observed.scene

    @cached_property
    def film(self) -> Tensor:
        """How pixels follow the points in the camera's frame, ``(B, N, 2, 3)``."""
        depth = self.state.translation[:, None, 2] if self.observed.weak else self.placed[..., 2]
        x, y = self.placed[..., 0] / depth, self.placed[..., 1] / depth
        zero, one = torch.zeros_like(x), torch.ones_like(x)
        inwards = (zero, zero) if self.observed.weak else (-x, y)
        slope = torch.stack([one, zero, inwards[0], zero, -one, inwards[1]], -1).unflatten(-1, (2, 3))
        return (self.observed.focal[:, None] / -depth)[..., None, None] * slope

    @cached_property
    def film_depth(self) -> Tensor:
        """How pixels follow the head's depth other than through the points, ``(B, N, 2)``: under weak perspective."""
        if not self.observed.weak:
            return torch.zeros_like(self.everywhere)
        return (self.everywhere - self.observed.centre[:, None]) / -self.state.translation[:, None, 2:]

    def pixel_slopes(self, factors: Tensor) -> Tensor:
        """How :attr:`pixels`, each times a factor ``(B, 468)``, follow the unknowns, ``(B, 468, 2, P)``."""
        chosen = self.observed.chosen
        out = self.pull(rows_of(self.film, chosen) * factors[..., None, None], chosen)
        out[..., DEPTH] += rows_of(self.film_depth, chosen) * factors[..., None]
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


def on_film(placed: Tensor, observed: Observed, depth: Tensor) -> Tensor:
    """Pixels of points ``(B, N, 3)`` in the camera's frame; of heads at depths ``(B,)`` under weak perspective."""
    if observed.weak:
        return weak_perspective(placed, depth, observed.focal, observed.centre)
    return pinhole(placed, observed.focal, observed.centre)


def rows_of(values: Tensor, chosen: Tensor) -> Tensor:
    """Rows ``chosen (B, M)`` of ``(B, N, ...)``."""
    return values[torch.arange(len(values))[:, None], chosen]
