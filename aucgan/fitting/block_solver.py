"""The linear system of a step: blocks of faces, tied by shared identities and by time."""

from __future__ import annotations

import torch
from torch import Tensor

from aucgan.fitting.quadratic import Quadratic


def chain_levels(previous: Tensor) -> list[Tensor]:
    """Frames by their place in their track: first ones, second ones, and so on.

    Args:
        previous: The frame before, −1 where there is none, ``(B,)``.
    """
    levels = [(previous < 0).nonzero().squeeze(1)]
    while True:
        following = torch.isin(previous, levels[-1]).nonzero().squeeze(1)
        if not len(following):
            return levels
        levels.append(following)


def solve_step(total: Quadratic, damping: Tensor, free: Tensor, person: Tensor, previous: Tensor) -> Tensor:
    """The step that minimises the damped parabola, ``(B, P)``; 0 in unknowns that are not free.

    Faces are eliminated along their tracks, frame after frame; what is left are the identities, one system a person.

    Args:
        total: The parabola.
        damping: Share of the curvature's diagonal that is added to it, ``(B,)``.
        free: Which unknowns may move, ``(B, P)``; those of the identity alike for all faces of a person.
        person: Number of the person, ``(B,)``.
        previous: The frame before, −1 where there is none, ``(B,)``.
    """
    curvature, gradient, coupling = _frozen(total, damping, free, previous)
    private = coupling.shape[1]
    own, rest = curvature.split([private, curvature.shape[1] - private], 1)
    mixed, shared = own[..., private:], rest[..., private:]
    right = torch.cat([mixed, gradient[:, :private, None]], 2)  # (B, Q, K + 1)
    solved = _along_tracks(own[..., :private], right, coupling, previous)
    people = int(person.max()) + 1
    reduced = shared - mixed.transpose(1, 2) @ solved[..., :-1]
    slope = gradient[:, private:] - (mixed.transpose(1, 2) @ solved[..., -1:]).squeeze(-1)
    systems = torch.zeros_like(reduced[:1].expand(people, -1, -1)).index_add_(0, person, reduced)
    slopes = torch.zeros_like(slope[:1].expand(people, -1)).index_add_(0, person, slope)
    identity = -torch.cholesky_solve(slopes[..., None], torch.linalg.cholesky(systems))[person]
    before = -(solved[..., -1:] + solved[..., :-1] @ identity)
    return torch.cat([before, identity], 1).squeeze(-1)


def _frozen(total: Quadratic, damping: Tensor, free: Tensor, previous: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Curvature, gradient and coupling in double precision, where what is not free stands still."""
    keep = free.double()
    curvature = total.curvature.double() * keep[:, :, None] * keep[:, None]
    diagonal = curvature.diagonal(dim1=1, dim2=2)
    diagonal += diagonal * damping[:, None].double() + (1 - keep)
    both = (keep * keep[previous])[:, : total.coupling.shape[1]]  # where there is no frame before, nothing is tied
    return curvature, total.gradient.double() * keep, total.coupling.double() * both


def _along_tracks(own: Tensor, right: Tensor, coupling: Tensor, previous: Tensor) -> Tensor:
    """Solve the block-tridiagonal systems of all tracks for right-hand sides ``(B, Q, M)``."""
    own, right, factors = own.clone(), right.clone(), torch.zeros_like(own)
    levels = chain_levels(previous)
    for place, rows in enumerate(levels):
        if place:
            before, tie = previous[rows], coupling[rows]
            both = torch.cat([torch.diag_embed(tie), right[before]], 2)
            carried = tie[..., None] * torch.cholesky_solve(both, factors[before])
            own[rows] -= carried[..., : own.shape[1]]
            right[rows] += carried[..., own.shape[1] :]
        factors[rows] = torch.linalg.cholesky(own[rows])
    for rows in reversed(levels):  # each level hands its solution on to the frames before it
        right[rows] = torch.cholesky_solve(right[rows], factors[rows])
        tied = rows[previous[rows] >= 0]
        right[previous[tied]] += coupling[tied][..., None] * right[tied]
    return right
